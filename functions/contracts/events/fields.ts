/** The fields that events are made of. Objects made of them are open: a field that a later release adds is no fault. */
import * as z from 'zod/mini';

/** RFC 9562; this service makes version 7. */
export const id = z.uuid();

/** RFC 3339 with seconds, in UTC: it ends in `Z`. */
export const time = z.iso.datetime();

/** Not bounded above: who emits has checked it already, and an event that was committed must not be refused here. */
export const text = z.string().check(z.minLength(1));

/** What made this happen, from the request's header to every event and log line that came of it. */
export const correlation_id = z
  .uuid()
  .check(z.describe('The request that caused this; the same in its answer, its log lines and all its events.'));

export const user_id = id;
export const org_id = id.check(z.describe('The organisation it happened in.'));
export const email = text.check(z.describe('As given by its owner; compare case-insensitively.'));
