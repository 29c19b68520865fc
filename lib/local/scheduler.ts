/** Runs jobs on their schedules, by the host's clock. A schedule never has two runs at once. */
import type { Clock } from './clock.ts';

export interface Schedule {
  readonly everyMinutes: number;
  /** The time of the first run. */
  readonly first: Date;
  /** Reports its failures itself; the schedule goes on after a failure. */
  readonly run: () => Promise<unknown>;
}

export interface Scheduler {
  /** Starts no further runs, and resolves when the present ones have ended. */
  stop(): Promise<void>;
}

export function startScheduler(schedules: readonly Schedule[], clock: Clock): Scheduler {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function follow({ everyMinutes, first, run }: Schedule): Promise<void> {
    const step = everyMinutes * 60_000;
    let due = first.getTime();
    while (!signal.aborted) {
      for (let now = clock.now().getTime(); now < due; now = clock.now().getTime()) {
        // When the clock is moved back, the job would otherwise wait for a day in the far future.
        due = Math.min(due, now + step);
        await clock.sleep(due - now, signal);
      }
      // This run stands for all steps that passed before it; one later run stands for those that pass during it.
      const passed = Math.floor((clock.now().getTime() - due) / step);
      due += (passed + 1) * step;
      await run().catch(() => {});
    }
  }

  const following = schedules.map((schedule) => follow(schedule).catch(() => {}));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(following);
    },
  };
}
