/**
 * What this stage has, by a function's own environment: its settings, its database, its keys. A function file (route, job,
 * consumer) makes from here what it needs, once, before the first request, and hands it to its flow. Nothing else imports
 * these. They stand in several files, so that no bundle holds a client of AWS that it does not use.
 */
import type { Settings } from '../domain/settings.ts';

/** @throws Error with the variable's name when it is not set: a deployment fault, seen at the first start. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
}

/** Checked at synth or at start (lib/service/config.ts), so only read here. */
export const stageSettings = (): Settings => ({
  ...JSON.parse(environment('SETTINGS')),
  issuer: environment('ISSUER'),
});
