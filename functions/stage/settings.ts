/**
 * What this stage has, from a function's environment: its settings, its database, its keys. A function file (route,
 * job, consumer) makes what it needs from here, once, before the first request, and passes it to its flow. Nothing else
 * imports these. They are in several files, so that no bundle holds an AWS client that it does not use.
 */
import type { Settings } from '../domain/settings.ts';

/** @throws Error with the variable's name when it is not set: a deployment fault, seen at the first start. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
}

/** Of a variable that need not be set. */
export const environmentIfSet = (name: string): string | undefined => process.env[name] || undefined;

let known: Settings | undefined;

/** The settings, read once. They are checked at synth or at start (lib/service/config.ts). */
export function stageSettings(): Settings {
  known ??= { ...JSON.parse(environment('SETTINGS'), withNames), issuer: environment('ISSUER') } as Settings;
  return known;
}

/** Of limits, the text has the numbers alone (lib/service/config.ts). */
const withNames = (name: string, value: unknown) =>
  name === 'rateLimits'
    ? Object.fromEntries(
        Object.entries(value as Record<string, [number, number]>).map(([limit, [most, windowSeconds]]) => [
          limit,
          { limit: most, windowSeconds },
        ]),
      )
    : value;
