/** Runs jobs on their schedules, by the host's clock; never two runs of one schedule at once. */
import type { Clock } from './clock.ts';

export interface Schedule {
  readonly everyMinutes: number;
  /** When it first runs. */
  readonly first: Date;
  /** Tells of its failures itself; the schedule goes on after one. */
  readonly run: () => Promise<unknown>;
}

export interface Scheduler {
  /** Starts nothing more, and resolves when what runs has ended. */
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
        // A clock that was moved back would otherwise leave the job waiting for a day long ahead.
        due = Math.min(due, now + step);
        await clock.sleep(due - now, signal);
      }
      // Steps that passed before it are this run's; those that pass during it are made up for by one run.
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
