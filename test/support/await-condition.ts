/** Waits until another process or thread has done something, by repeated checks; never for a fixed time. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { within = 60_000, every = 10 }: { within?: number; every?: number } = {},
): Promise<void> {
  const end = performance.now() + within;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${within / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
