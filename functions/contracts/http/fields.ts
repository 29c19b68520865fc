/** The fields that requests and answers are made of. */
import * as z from 'zod/mini';
import { holdsUnseen, isVisible } from '../../domain/people-text.ts';

export const id = z.uuid();
export const time = z.iso.datetime();

/** Counted in code points, as people count characters; the bounds keep a hostile string from the database. */
export const text = (max: number) =>
  z.string().check(
    z.refine((value) => [...value].length <= max, { error: `at most ${max} characters` }),
    z.meta({ maxLength: max }),
  );

/** Names that people choose and others read (S62): trimmed, something to be seen in them, nothing that is not. */
export const peopleText = (max: number) =>
  z.string().check(
    z.trim(),
    z.refine((value) => value !== '', { error: 'must not be empty', abort: true }),
    z.refine((value) => [...value].length <= max, { error: `at most ${max} characters`, abort: true }),
    z.refine((value) => !holdsUnseen(value), {
      error: 'must not hold line breaks, control, bidi or invisible characters',
      abort: true,
    }),
    z.refine(isVisible, { error: 'must have something visible' }),
    z.meta({ maxLength: max }),
  );

/**
 * A mailbox as SMTP delivers to one (RFC 5321 §4.1.2, RFC 6531 §3.3), without quoted local parts, address literals and
 * domains of one label: nobody's account is there, and a control character or a bracket would be somebody's attack.
 */
const MAILBOX =
  /^[^\p{C}\p{Z}<>()[\],;:\\"@]{1,64}@[\p{L}\p{M}\p{N}]+(?:-+[\p{L}\p{M}\p{N}]+)*(?:\.[\p{L}\p{M}\p{N}]+(?:-+[\p{L}\p{M}\p{N}]+)*)+$/u;

/** RFC 5321 §4.5.3.1.3: a path is 256 octets with its brackets, so an address is 254. */
export const emailAddress = z.string().check(
  z.trim(),
  z.refine((value) => new TextEncoder().encode(value).length <= 254, { error: 'at most 254 bytes', abort: true }),
  z.regex(MAILBOX, { error: 'not an email address' }),
  z.meta({ examples: ['ada@example.org'] }),
);

/** Only a bound on size here; what a good password is, domain/password-policy.ts says, with its own problem code. */
export const password = z.string().check(
  z.minLength(1),
  z.refine((value) => value.length <= 1024, { error: 'at most 1024 UTF-16 units' }),
  z.meta({ examples: ['correct horse battery staple'] }),
);

export const locale = z
  .string()
  .check(
    z.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, { error: 'not a BCP 47 language tag' }),
    z.meta({ examples: ['sv', 'en-GB'] }),
  );

export const PersonName = z.object({ first_name: peopleText(100), last_name: peopleText(100) });
export type PersonName = z.infer<typeof PersonName>;

/** Where the last page ended, as its answer told it; whoever makes one up reads no more than without. */
export const cursor = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9_-]{22}$/, { error: 'not a cursor of this service' }),
    z.describe('`next_cursor` of the page before.'),
  );

/** Of a page; a number in a query is text. */
export const pageLimit = z
  .string()
  .check(
    z.regex(/^([1-9]\d?|100)$/, { error: 'a number from 1 to 100' }),
    z.describe('Entries a page; 50 unless given.'),
  );

export const nextCursor = z.nullable(z.string()).check(z.describe('Asks for the next page; null on the last.'));

export const PageQuery = z.object({ cursor: z.optional(cursor), limit: z.optional(pageLimit) });
export type PageQuery = z.infer<typeof PageQuery>;
