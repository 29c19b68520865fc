/**
 * The cost of comparing a password with another system's hash, computed from the hash's parameters. It is not measured
 * by a run: a hash that takes hours would then run, too. The figures are from one core of an x86 server that makes one
 * of our hashes in 97 ms, with hash-wasm 4.13 and Node 24; a core of Lambda may be half as fast.
 */

/** Milliseconds for a comparison, with the one of ours beside it (S69). */
const LONGEST = 2_000;
const MARGIN = 2;
/** Milliseconds for one of ours with the default parameters: the comparison that an unknown address gets, too (S8). */
const OURS = 100;

const KIB_PER_MIB = 1024;
const BYTES_PER_MIB = KIB_PER_MIB * 1024;
/** Milliseconds for a million rounds of a block, and the bytes of one. */
const pbkdf2 = {
  sha1: { million: 280, block: 20 },
  sha256: { million: 260, block: 32 },
  sha512: { million: 830, block: 64 },
} as const;

/** Milliseconds of one comparison. */
export const cost = {
  bcrypt: (factor: number) => 75 * 2 ** (factor - 10),
  pbkdf2(digest: string, rounds: number, bytes: number) {
    const { million, block } = pbkdf2[digest as keyof typeof pbkdf2];
    return (million * rounds * Math.ceil(bytes / block)) / 1_000_000;
  },
  /** @param bytes of memory, each filled and read once */
  scrypt: (bytes: number) => (5.3 * bytes) / BYTES_PER_MIB,
  /** Each pass fills the memory once; the system has to find a large memory first, and it does not fit the caches. */
  argon2(memory: number, passes: number) {
    const each = memory > 128 * KIB_PER_MIB ? 3 : 2.3;
    return ((each * passes + 1.5) * memory) / KIB_PER_MIB;
  },
};

/** How many comparisons fit into the time of one login: none for a hash that the import refuses. */
export const affordable = (milliseconds: number): number => Math.floor((LONGEST / MARGIN - OURS) / milliseconds);
