/**
 * Status lists: a bit for each session, 1 once it has ended, so that services which verify tokens without asking us know
 * within seconds (draft-ietf-oauth-status-list). A bit matters no longer than a token that names it is valid, so a list has
 * the latest ends alone, and compresses to almost nothing.
 */
import type { Settings } from './settings.ts';

/** Sessions in one list: 128 KiB before it is compressed. */
export const LIST_SIZE = 2 ** 20;
export const LIST_BYTES = LIST_SIZE / 8;

/** The claim `status` of a token (§6.1 of the draft). */
export interface StatusReference {
  readonly status_list: { readonly idx: number; readonly uri: string };
}

export const uriOf = (list: number, issuer: string) => `${issuer}/.well-known/status-lists/${list}`;

/** @param index of the session, which counts over all lists */
export const statusReference = (index: number, issuer: string): StatusReference => ({
  status_list: { idx: index % LIST_SIZE, uri: uriOf(Math.floor(index / LIST_SIZE), issuer) },
});

/** Seconds that an ended session stays in its list: as long as a token of it is taken, however clocks differ. */
export const listedFor = ({ accessTokenSeconds, clockSkewSeconds }: StatusSettings): number =>
  accessTokenSeconds + 2 * clockSkewSeconds;

export type StatusSettings = Pick<Settings, 'issuer' | 'accessTokenSeconds' | 'clockSkewSeconds' | 'statusListSeconds'>;
