/** The schemas of requests and answers as JSON Schemas by name, for `components.schemas`. */
import * as z from 'zod/mini';
import * as administration from '../../functions/contracts/http/administration.ts';
import * as clients from '../../functions/contracts/http/clients.ts';
import * as emailChange from '../../functions/contracts/http/email-change.ts';
import * as emailLogin from '../../functions/contracts/http/email-login.ts';
import * as factors from '../../functions/contracts/http/factors.ts';
import { PageQuery, PersonName } from '../../functions/contracts/http/fields.ts';
import * as forms from '../../functions/contracts/http/forms.ts';
import * as oauth from '../../functions/contracts/http/oauth.ts';
import * as organizations from '../../functions/contracts/http/organizations.ts';
import * as passkeys from '../../functions/contracts/http/passkeys.ts';
import * as registration from '../../functions/contracts/http/registration.ts';
import * as http from '../../functions/contracts/http.ts';

export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

const exported: Readonly<Record<string, unknown>> = {
  ...http,
  ...forms,
  ...oauth,
  ...organizations,
  ...administration,
  ...clients,
  ...factors,
  ...emailLogin,
  ...emailChange,
  ...passkeys,
  ...registration,
  PageQuery,
  PersonName,
};
const names = new Map(
  Object.entries(exported).flatMap(([name, schema]) =>
    // Lower-case exports are fields.
    schema instanceof z.ZodMiniType && /^[A-Z]/.test(name) ? [[schema as z.ZodMiniType, name] as const] : [],
  ),
);

/** @throws Error for a schema that no file of functions/contracts/http exports */
export function referenceTo(schema: z.ZodMiniType): { $ref: string } {
  const name = names.get(schema);
  if (!name) throw new Error('a schema in the route table has no name in functions/contracts');
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * @param closed refuses members that are not described, to check answers with. The published description is open,
 *   because its readers must expect new members.
 */
export function namedSchemas({ closed = false } = {}): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: closed ? 'output' : 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: plainFormat,
  });
  return Object.fromEntries(
    Object.entries(schemas as Record<string, JsonSchema>).map(([name, { $schema, $id, ...schema }]) => [name, schema]),
  );
}

/** zod's own patterns for these formats are long and say no more than the format does. */
function plainFormat({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'uuid' || jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}
