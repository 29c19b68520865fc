/** Cuts the list seldom, because each cut copies it. */
export function keepLatest<T>(count: number) {
  let kept: T[] = [];
  return {
    add(item: T): void {
      kept.push(item);
      if (kept.length >= 2 * count) kept = kept.slice(-count);
    },
    all: (): readonly T[] => kept,
  };
}
