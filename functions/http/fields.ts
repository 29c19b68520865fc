/** Names and values, as a query and a form have them, by a schema. */
import type * as z from 'zod/mini';
import type { Schema } from '../contracts/http.ts';

/**
 * An object of texts. A field that the schema has a list for is one, however often it comes (`resource`, RFC 8707 §2).
 * @param check is called for every other name, with those that came before; throws for one that may not come again
 */
export function fieldsOf(
  pairs: URLSearchParams,
  schema: Schema,
  check: (name: string, seen: Set<string>) => void,
): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    if (isList(schema, name)) {
      if (!fields.has(name)) fields.set(name, pairs.getAll(name));
    } else {
      check(name, seen);
      fields.set(name, value);
    }
  }
  return Object.fromEntries(fields);
}

type Def = { readonly type: string; readonly innerType?: Schema };

/** Whether a schema has a field of that name. */
export const hasField = (schema: Schema, name: string): boolean => Object.hasOwn(shapeOf(schema), name);

function isList(schema: Schema, name: string): boolean {
  let field = hasField(schema, name) ? shapeOf(schema)[name] : undefined;
  for (;;) {
    const def = field?._zod.def as Def | undefined;
    if (!def?.innerType) return def?.type === 'array';
    field = def.innerType;
  }
}

const shapeOf = (schema: Schema) => (schema as Partial<z.ZodMiniObject<Record<string, Schema>>>).shape ?? {};
