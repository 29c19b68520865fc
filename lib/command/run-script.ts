/** A script's failure is one line on stderr and exit code 1, never a stack trace. */
export async function runScript(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(oneLine(error));
    process.exitCode = 1;
  }
}

export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.trim().replaceAll(/\s*\n\s*/g, ' ');
}
