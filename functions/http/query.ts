/** What stands in the address: the query, and ids in the path. */
import { validate as isUuid } from 'uuid';
import type * as z from 'zod/mini';
import type { Schema } from '../contracts/http.ts';
import type { ClientId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { isStorable } from '../domain/storable-text.ts';
import { validate } from './body.ts';
import { fieldsOf, hasField } from './fields.ts';
import type { RawRequest } from './messages.ts';
import { checkKey, pointerToken } from './parse-json.ts';

/**
 * Parameters that the schema does not have are ignored, whatever they are and however often they come.
 * @throws Problem VALIDATION_ERROR; a pointer's first token is the parameter's name
 */
export function readQuery<S extends Schema>({ search }: Pick<RawRequest, 'search'>, schema: S): z.output<S> {
  const fields = fieldsOf(search, schema, (name, seen) => {
    if (hasField(schema, name)) checkKey(name, seen);
  });
  for (const [name, value] of search) {
    if (!isStorable(value)) {
      const detail = 'must be well-formed Unicode without U+0000';
      throw new Problem('VALIDATION_ERROR', { errors: [{ pointer: `/${pointerToken(name)}`, detail }] });
    }
  }
  return validate(schema, fields);
}

/** @throws Problem RESOURCE_NOT_FOUND for what is no UUID, as for one that nothing has */
export function pathId<Id extends string>({ pathParameters }: Pick<RawRequest, 'pathParameters'>, name: string): Id {
  return readId(pathParameters[name] ?? '');
}

/** @throws Problem RESOURCE_NOT_FOUND likewise */
export function readId<Id extends string>(text: string): Id {
  const value = text.toLowerCase();
  if (!isUuid(value)) throw new Problem('RESOURCE_NOT_FOUND');
  return value as Id;
}

/** @throws Problem RESOURCE_NOT_FOUND for what is no client's id */
export function pathClientId({ pathParameters }: Pick<RawRequest, 'pathParameters'>): ClientId {
  const value = pathParameters.client_id ?? '';
  if (!/^[\w-]{1,100}$/.test(value)) throw new Problem('RESOURCE_NOT_FOUND');
  return value as ClientId;
}
