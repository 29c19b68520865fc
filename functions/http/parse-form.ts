/** A form as a request may send it (application/x-www-form-urlencoded), under the rules for JSON. */
import type { Schema } from '../contracts/http.ts';
import { Problem } from '../domain/problem.ts';
import { fieldsOf } from './fields.ts';
import { checkKey, checkStorable } from './parse-json.ts';

/** No form has a tenth of it; each one costs the reader more than its three bytes cost the sender (S66). */
const MOST_PARAMETERS = 100;

/**
 * @throws Problem VALIDATION_ERROR for a field that comes twice (RFC 6749 §3.2) and is no list in the schema, U+0000,
 *   more than 100 fields
 */
export function parseForm(text: string, schema: Schema): Record<string, string | string[]> {
  if (text.split('&', MOST_PARAMETERS + 1).length > MOST_PARAMETERS) {
    throw new Problem('VALIDATION_ERROR', { detail: `A form has at most ${MOST_PARAMETERS} fields.` });
  }
  return checkStorable(fieldsOf(new URLSearchParams(text), schema, checkKey));
}
