/** How often jobs run, by their rows in the table and the stage's settings. */
import type { StageSettings } from '../service/config.ts';
import type { FunctionSpec } from '../service/functions.ts';

/** Minutes between two runs by each of its schedules. */
export function intervalsOf(spec: FunctionSpec, settings: StageSettings): number[] {
  const pauses = letsDatabasePause(settings);
  return spec.triggers.flatMap((trigger) =>
    trigger.kind === 'schedule' ? [(pauses && trigger.pausingEveryMinutes) || trigger.everyMinutes] : [],
  );
}

/** Infinity for what no schedule runs. */
export const minutesBetweenRuns = (spec: FunctionSpec, settings: StageSettings): number =>
  Math.min(...intervalsOf(spec, settings));

export const letsDatabasePause = ({ service }: StageSettings): boolean => service.relay.wokenBy === 'requests';
