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

/**
 * Seconds that an ended session stays in its list: as long as the verifier that bears clocks most (packages/verify) takes a
 * token of it, also one from before the setting `accessTokenSeconds` was made less.
 */
export const LISTED_FOR = 3600 + 2 * 300;

/**
 * Whether a list is there, by the newest index of all: also one that will soon be needed, so that those who remember for
 * a moment that there is none never miss it.
 */
export const isBegun = (list: number, newestIndex: number): boolean => list * LIST_SIZE <= newestIndex + LIST_SIZE / 10;

export type StatusSettings = Pick<Settings, 'issuer' | 'accessTokenSeconds' | 'statusListSeconds'>;
