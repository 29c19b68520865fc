/**
 * `WebAssembly.instantiate` for hash-wasm; bundles put it in place of the global one (lib/build/bundle.ts). hash-wasm
 * makes an instance for each Argon2 hash, so the system has to find, clear and map 19 MiB each time: a third of the
 * hash's time, and more when threads of one process do it at once. Here the last instance is used again, after its
 * memory is cleared.
 */
interface Argon2Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Where the blocks begin, which it expects to be zero. */
  Hash_GetBuffer(): number;
}

/** Bytes; the memory of a rare hash with large parameters is released after it, since such memory never shrinks. */
const MOST_KEPT = 128 * 1024 * 1024;

// TypeScript's types for it come with the DOM's only.
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(module: object, imports: object): Promise<{ readonly exports: object }>;
    Module: { exports(module: object): { readonly name: string }[] };
  };
};

let kept: { readonly module: object; readonly instance: { readonly exports: object } } | undefined;

/** The caller runs one hash at a time (argon2.ts): two at once would share one memory. */
export async function instantiate(module: object, imports: object): Promise<{ readonly exports: object }> {
  if (kept?.module === module && clear(kept.instance.exports as Argon2Exports)) return kept.instance;
  const instance = await WebAssembly.instantiate(module, imports);
  if (isArgon2(module)) kept = { module, instance };
  return instance;
}

/** In hash-wasm only Argon2 and scrypt size their memory, and scrypt here is Node's (foreign-hash.ts). */
const isArgon2 = (module: object) =>
  WebAssembly.Module.exports(module).some(({ name }) => name === 'Hash_SetMemorySize');

/** @returns false when it is too large to be kept */
function clear({ memory, Hash_GetBuffer }: Argon2Exports): boolean {
  if (memory.buffer.byteLength > MOST_KEPT) return false;
  new Uint8Array(memory.buffer, Hash_GetBuffer()).fill(0);
  return true;
}
