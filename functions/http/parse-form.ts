/** A form as a request may send it (application/x-www-form-urlencoded), under the rules for JSON. */
import { checkKey, checkStorable } from './parse-json.ts';

/** @throws Problem VALIDATION_ERROR for a field that comes twice (RFC 6749 §3.2), U+0000 */
export function parseForm(text: string): Record<string, string> {
  const keys = new Set<string>();
  const fields = [...new URLSearchParams(text)];
  for (const [name] of fields) checkKey(name, keys);
  return checkStorable(Object.fromEntries(fields));
}
