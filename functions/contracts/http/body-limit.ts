/** How much a body may hold. Each schema's fields fit; whatever is longer costs the reader more than the sender (S66). */
import type * as z from 'zod/mini';

/** Bytes. The longest fields are a token, 8 KiB, and two passwords, 6 KiB each where every character is escaped. */
const USUAL = 16 * 1024;

const larger = new WeakMap<z.ZodMiniType, number>();

/** A schema whose fields need more: the route that reads it and the API description both go by this. */
export function bodyOf<S extends z.ZodMiniType>(bytes: number, schema: S): S {
  larger.set(schema, bytes);
  return schema;
}

export const mostBodyBytes = (schema: z.ZodMiniType): number => larger.get(schema) ?? USUAL;
