/** How long a body may be. Each schema's fields fit; a longer body costs the reader more than the sender (S66). */
import type * as z from 'zod/mini';

/** Bytes. The longest fields are a token, 8 KiB, and two passwords, 6 KiB each if every character is escaped. */
const USUAL = 16 * 1024;

const larger = new WeakMap<z.ZodMiniType, number>();

/** Sets a larger limit for a schema: the route that reads it and the API description both use it. */
export function bodyOf<S extends z.ZodMiniType>(bytes: number, schema: S): S {
  larger.set(schema, bytes);
  return schema;
}

export const mostBodyBytes = (schema: z.ZodMiniType): number => larger.get(schema) ?? USUAL;
