/** Proofs that came before (RFC 9449 §11.1), as one process remembers them. */

/**
 * Notes a proof, in one step: of two requests that come with it at once, one is the first.
 * @param id of at most some thousand characters
 * @param until when it would no longer be taken
 * @returns false for one that came before
 */
export type UseProof = (id: string, until: Date) => boolean | Promise<boolean>;

export function proofMemory(now: () => Date): UseProof {
  /** The one that came first is over first, within the seconds that clocks differ. */
  const known = new Map<string, number>();
  return (id, until) => {
    for (const [earlier, end] of known) {
      if (end > now().getTime()) break;
      known.delete(earlier);
    }
    if (known.has(id)) return false;
    known.set(id, until.getTime());
    return true;
  };
}
