/** Waits for what another process or thread does, looking again and again; never for a time to pass. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { within = 60_000, every = 10 }: { within?: number; every?: number } = {},
): Promise<void> {
  const end = performance.now() + within;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`in vain for ${within / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
