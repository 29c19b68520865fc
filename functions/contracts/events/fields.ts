/** The fields that events consist of. Their objects are open: a field that a later release adds is no fault. */
import * as z from 'zod/mini';

/** RFC 9562; this service makes version 7. */
export const id = z.uuid();

/** RFC 3339 with seconds, in UTC: it ends in `Z`. */
export const time = z.iso.datetime();

/** No upper bound: the producer has checked it already, and a committed event must not be refused here. */
export const text = z.string().check(z.minLength(1));

/** Identifies the request, from its header to every event and log line that it caused. */
export const correlation_id = z
  .uuid()
  .check(z.describe('The request that caused this; the same in its answer, its log lines and all its events.'));

/**
 * In events of other services `null` means that the field is left out: producers in other languages write it. The JSON
 * Schemas were released without it, so they name only the value (json-schema.ts).
 */
const nullable = <S extends z.ZodMiniType>(schema: S) => {
  const read = z.nullable(schema);
  nullsRead.add(read);
  return read;
};
export const nullsRead = new WeakSet<object>();

export const optional = <S extends z.ZodMiniType>(schema: S) =>
  z.optional(
    z.pipe(
      nullable(schema),
      z.transform((value) => value ?? undefined),
    ),
  );

export const withDefault = <S extends z.ZodMiniType>(schema: S, value: z.output<S> & z.input<S>) =>
  z.pipe(
    z._default(nullable(schema), value as never),
    z.transform((given) => (given ?? value) as z.output<S>),
  );

/** Texts by name; a `null` is read as absent. */
export const texts = z.pipe(
  z.record(z.string(), nullable(z.string())),
  z.transform(
    (given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Record<string, string>,
  ),
);

export const user_id = id;
export const org_id = id.check(z.describe('The organisation in which it happened.'));
export const email = text.check(z.describe('As its owner wrote it; compare case-insensitively.'));
