/** Functions do not log through the console; through it, vitest shows the lines beside the test, and only if it fails. */
if (process.env.VITEST) {
  const write = process.stdout.write.bind(process.stdout);
  let inConsole = false;
  process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    // A console that vitest does not replace writes here in turn.
    if (inConsole) return write(chunk, ...(rest as []));
    inConsole = true;
    try {
      console.info(String(chunk).trimEnd());
    } finally {
      inConsole = false;
    }
    return true;
  };
}

export {};
