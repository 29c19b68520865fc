/** The service's settings inside a function: checked at synth or at start (lib/service/config.ts), so only read here. */
import type { Settings } from '../domain/settings.ts';

/** @throws Error naming the variable when it is not set: a deployment fault, seen at the first start. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
}

export const settings: Settings = { ...JSON.parse(environment('SETTINGS')), issuer: process.env.ISSUER ?? '' };
