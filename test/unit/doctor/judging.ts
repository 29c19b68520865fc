/** What the tests of the judges share. */
import { expect } from 'vitest';
import type { Judged, State, Verdict } from '../../../lib/operator/doctor/check.ts';
import { parseSettings, type StageSettingsInput } from '../../../lib/service/config.ts';

export const NOW = new Date('2026-11-27T03:00:00Z');
const DAY = 86_400_000;
/** Days before now. */
export const ago = (days: number) => new Date(NOW.getTime() - days * DAY);
export const iso = (days: number) => ago(days).toISOString();
/** AWS's JSON has seconds. */
export const seconds = (days: number) => ago(days).getTime() / 1000;

/** A stage that retains its data. */
export function judged(change: Partial<StageSettingsInput> = {}): Judged {
  const settings = parseSettings({
    stage: 'prod',
    service: { mail: { sender: 'no-reply@school.example' } },
    deployment: { retainData: true, alarms: { on: true, emails: ['a@school.example'] } },
    ...change,
  });
  return { settings, now: NOW, command: (words) => `npm run ${words} --stage prod` };
}

/** Whoever is woken reads what it is, what it means and what to do. */
export function expectVerdict(verdict: Verdict | undefined, state: State | undefined, seen: RegExp = /./): void {
  expect(verdict?.state).toBe(state);
  if (!verdict) return;
  expect(verdict.seen).toMatch(seen);
  if (state === 'ok') return;
  expect(verdict.means).toMatch(/\.$/);
  if (state !== 'unknown') expect(verdict.mend).toBeTruthy();
}
