/**
 * `WebAssembly.instantiate` for hash-wasm, which bundles give it in place of the global one (lib/build/bundle.ts). It makes an
 * instance for each Argon2 hash; the system then has to find, clear and map 19 MiB anew each time: a third of the hash's
 * time, and more where threads of one process do it at once. Here the instance before serves again, its memory cleared.
 */
interface Argon2Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Where the blocks begin, which it expects to be zero. */
  Hash_GetBuffer(): number;
}

/** Bytes; what a rare hash of large parameters took is given back after it, since such memory only grows. */
const MOST_KEPT = 128 * 1024 * 1024;

// TypeScript has its types with the DOM's alone.
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(module: object, imports: object): Promise<{ readonly exports: object }>;
    Module: { exports(module: object): { readonly name: string }[] };
  };
};

let kept: { readonly module: object; readonly instance: { readonly exports: object } } | undefined;

/** The caller runs one hash at a time (argon2.ts): two would share one memory. */
export async function instantiate(module: object, imports: object): Promise<{ readonly exports: object }> {
  if (kept?.module === module && clear(kept.instance.exports as Argon2Exports)) return kept.instance;
  const instance = await WebAssembly.instantiate(module, imports);
  if (isArgon2(module)) kept = { module, instance };
  return instance;
}

/** Of what hash-wasm has, Argon2 and scrypt size their memory; scrypt is Node's here (foreign-hash.ts). */
const isArgon2 = (module: object) =>
  WebAssembly.Module.exports(module).some(({ name }) => name === 'Hash_SetMemorySize');

/** @returns false when it is too large to be kept */
function clear({ memory, Hash_GetBuffer }: Argon2Exports): boolean {
  if (memory.buffer.byteLength > MOST_KEPT) return false;
  new Uint8Array(memory.buffer, Hash_GetBuffer()).fill(0);
  return true;
}
