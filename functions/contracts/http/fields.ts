/** The fields that requests and answers consist of. */
import * as z from 'zod/mini';
import { isAddress, isSendable, MOST_ADDRESS_BYTES } from '../../domain/email-address.ts';
import { holdsUnseen, isVisible } from '../../domain/people-text.ts';

export const id = z.uuid({ error: wrong('must be a UUID') });
export const time = z.iso.datetime({ error: wrong('must be a time of RFC 3339 in UTC') });

/** The fault of a text; http/body.ts reports values that are no text. */
function wrong(detail: string) {
  return ({ code }: { readonly code: string }) => (code === 'invalid_type' ? undefined : detail);
}

/** Counted in code points, as people count characters; the bound keeps a hostile string from the database. */
export const text = (max: number) =>
  z.string().check(
    z.refine((value) => [...value].length <= max, { error: `at most ${max} characters` }),
    z.meta({ maxLength: max }),
  );

/** Names that people choose and others read (S62): trimmed, with something visible and nothing invisible in them. */
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
    z.meta({ minLength: 1, maxLength: max }),
  );

/** The address of an account that may exist: for a look-up. */
export const emailAddress = z.string().check(
  z.trim(),
  // This comes before all checks whose time grows with the length.
  z.refine((value) => Buffer.byteLength(value) <= MOST_ADDRESS_BYTES, {
    error: `at most ${MOST_ADDRESS_BYTES} bytes`,
    abort: true,
  }),
  z.normalize('NFC'),
  z.refine(isAddress, { error: 'not an email address', abort: true }),
  z.meta({ examples: ['ada@example.org'] }),
);

/** The address of a future account, to which mails are sent (S59). */
export const newEmailAddress = emailAddress.check(
  z.refine(isSendable, { error: 'mail cannot be sent to it: only ASCII characters are allowed before the @' }),
);

/** As the stage has it: there may be one that takes also what no mail can be sent to. */
export const newEmailAddressOf = ({ acceptUnsendable }: { readonly acceptUnsendable: boolean }) =>
  acceptUnsendable ? emailAddress : newEmailAddress;

/** Only the size is bounded here; domain/password-policy.ts decides what a good password is, with a code of its own. */
export const password = z.string().check(
  z.minLength(1, { error: 'must not be empty' }),
  z.refine((value) => value.length <= 1024, { error: 'at most 1024 UTF-16 units' }),
  z.meta({ examples: ['correct horse battery staple'] }),
);

/** RFC 5646 §4.4.1: every meaningful tag fits into 35 characters. */
const MOST_LOCALE = 35;

/** BCP 47, in the standard's spelling: `sv-se` becomes `sv-SE`. */
export const locale = z.string().check(
  z.trim(),
  z.refine((value) => value.length <= MOST_LOCALE && canonicalLocale(value) !== undefined, {
    error: 'not a BCP 47 language tag',
    abort: true,
  }),
  z.overwrite((value) => canonicalLocale(value) ?? value),
  z.meta({ examples: ['sv', 'en-GB'] }),
);

function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/**
 * A secret that people paste, perhaps with a line break. The bound is longer than any token of ours, and short enough
 * to hash quickly.
 */
export const token = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, { error: 'must not be empty' }),
    z.maxLength(8192, { error: 'at most 8192 characters' }),
  );

/** Six digits of a mail. */
export const typedCode = z
  .string()
  .check(z.trim(), z.regex(/^\d{3} ?\d{3}$/, { error: 'six digits' }), z.meta({ examples: ['123456'] }));

/** A field that may be left out; `null` means the same: clients in other languages write it for what they lack. */
export const optional = <S extends z.ZodMiniType>(schema: S) =>
  z.optional(
    z.nullable(schema).check(z.overwrite((value) => (value === null ? (undefined as z.output<typeof schema>) : value))),
  ) as unknown as z.ZodMiniOptional<S>;

export const PersonName = z.object({
  first_name: peopleText(100),
  last_name: peopleText(100),
  /** As in official papers, if that is another name. */
  legal_full_name: optional(peopleText(200)),
});
export type PersonName = z.infer<typeof PersonName>;

/** Where the previous page ended, as its answer returned it. A made-up cursor shows no more than none. */
export const cursor = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9_-]{22}$/, { error: 'not a cursor of this service' }),
    z.describe('`next_cursor` of the previous page.'),
  );

/** Entries of a page; a number in a query is text. */
export const pageLimit = z
  .string()
  .check(
    z.regex(/^([1-9]\d?|100)$/, { error: 'a number from 1 to 100' }),
    z.describe('Entries a page; 50 by default.'),
  );

/** A cursor through several lists: it names the list, beside the id in it. */
export const exportCursor = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9_-]{23}$/, { error: 'not a cursor of this service' }),
    z.describe('`next_cursor` of the previous page.'),
  );

export const nextCursor = z.nullable(z.string()).check(z.describe('The `cursor` of the next page; null on the last.'));

export const PageQuery = z.object({ cursor: z.optional(cursor), limit: z.optional(pageLimit) });
export type PageQuery = z.infer<typeof PageQuery>;

/** RFC 8693 §4.1: the client that acts for the person, and in it whose token it showed. */
export const actor = z.object({ sub: z.string(), act: z.optional(z.unknown()) });
