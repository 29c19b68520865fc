/** The service's settings inside a function: checked at synth or start (lib/service/config.ts), and only read here. */
import type { Settings } from '../domain/settings.ts';

/** @throws Error with the variable's name when it is not set: a deployment fault, seen at the first start. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
}

export const settings: Settings = { ...JSON.parse(environment('SETTINGS')), issuer: process.env.ISSUER ?? '' };
