/**
 * Looks up leaked passwords in a range service with k-anonymity (S3): only five hexadecimal digits of the SHA-1 leave
 * the function, some thousand hashes come back, and the comparison is made here.
 *
 * Source: https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
 */
import { createHash } from 'node:crypto';
import { type IsBreached, normalizePassword } from '../domain/password-policy.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { stageSettings } from './settings.ts';

const PREFIX_DIGITS = 5;
/** Milliseconds; a person waits for it. */
const PATIENCE = 1_000;

export function stageBreachCheck(): IsBreached {
  const { breachedPasswordRangeUrl: url } = stageSettings();
  return async (password) => url !== undefined && isInRange(password, url);
}

/** @returns false, too, when the service does not answer: a registration must not depend on a third party */
async function isInRange(password: string, url: string): Promise<boolean> {
  const digest = createHash('sha1').update(normalizePassword(password)).digest('hex').toUpperCase();
  try {
    const range = await fetchRange(`${url}/${digest.slice(0, PREFIX_DIGITS)}`);
    // Each line is `SUFFIX:COUNT`; padding has the count 0.
    const count = new RegExp(`^${digest.slice(PREFIX_DIGITS)}:(\\d+)`, 'm').exec(range)?.[1];
    return Number(count ?? 0) > 0;
  } catch (error) {
    log('warn', 'breached passwords not checked', { error });
    emitMetrics({ BreachCheckFailed: [1, 'Count'] });
    return false;
  }
}

async function fetchRange(url: string): Promise<string> {
  const response = await fetch(url, {
    // Padded answers have one size, so that an observer of the traffic learns nothing of the range.
    headers: { 'add-padding': 'true', 'user-agent': 'identity-service' },
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) throw new Error(`the range service answered ${response.status}`);
  return response.text();
}
