/** Argon2id (RFC 9106) twice: WebAssembly runs everywhere, native code is 4 to 5 times as fast. Their strings agree. */
import { argon2id, argon2Verify } from 'hash-wasm';

export interface Argon2Parameters {
  readonly salt: Uint8Array;
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface Argon2 {
  /** @returns a PHC string with 32 bytes of hash */
  hash(password: string, parameters: Argon2Parameters): Promise<string>;
  /**
   * @param hash of Argon2id, Argon2i or Argon2d, version 19, any parameters
   * @throws Error when it is no such hash
   */
  verify(password: string, hash: string): Promise<boolean>;
}

const HASH_BYTES = 32;

export const wasmArgon2: Argon2 = {
  hash: (password, { salt, memory, passes, lanes }) =>
    inTurn(() =>
      argon2id({
        password,
        salt,
        memorySize: memory,
        iterations: passes,
        parallelism: lanes,
        hashLength: HASH_BYTES,
        outputType: 'encoded',
      }),
    ),
  verify: (password, hash) => inTurn(() => argon2Verify({ password, hash })),
};

let turn: Promise<unknown> = Promise.resolve();

/** One hash at a time: all compute on this thread anyway, and they share one memory (wasm-instance-reuse.ts). */
function inTurn<T>(hash: () => Promise<T>): Promise<T> {
  const mine = turn.then(hash);
  turn = mine.catch(() => {});
  return mine;
}

/** Loaded on demand: its binary is beside the bundle only if the settings require it (lib/build/native-argon2.ts). */
export async function nativeArgon2(): Promise<Argon2> {
  const { default: native } = await import('@node-rs/argon2');
  return {
    // Argon2id and version 19 are its defaults; its constants are const enums, which type stripping cannot read.
    hash: (password, { salt, memory, passes, lanes }) =>
      native.hash(password, {
        salt,
        memoryCost: memory,
        timeCost: passes,
        parallelism: lanes,
        outputLen: HASH_BYTES,
      }),
    verify: (password, hash) => native.verify(hash, password),
  };
}
