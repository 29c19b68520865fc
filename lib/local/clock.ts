/** A clock that can be moved: tests see what happens in 30 days without waiting for 30 days. */

export interface Clock {
  now(): Date;
  /** Sets the clock this many seconds off the real time; 0 makes it right again. */
  setOffset(seconds: number): void;
  /** The offset in milliseconds, as one double, for the worker threads. */
  readonly shared: SharedArrayBuffer;
  /** Resolves after this time, or as soon as the clock is moved; rejects when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** setTimeout's longest delay; it would run with a longer one at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export function createClock(): Clock {
  const shared = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const offset = new Float64Array(shared);
  const clock = new EventTarget();
  return {
    shared,
    now: () => new Date(Date.now() + (offset[0] ?? 0)),
    setOffset(seconds) {
      offset[0] = seconds * 1000;
      clock.dispatchEvent(new Event('moved'));
    },
    sleep(milliseconds, signal) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const awake = new AbortController();
      const timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_TIMEOUT));
      clock.addEventListener('moved', () => resolve(), { signal: awake.signal });
      signal.addEventListener('abort', () => reject(signal.reason), { signal: awake.signal });
      return promise.finally(() => {
        clearTimeout(timer);
        awake.abort();
      });
    },
  };
}
