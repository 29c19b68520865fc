/** What scripts of pages send: JSON in a field of a form (functions/browser/webauthn.ts). */
import { AssertionCredential } from '../../contracts/http/passkeys.ts';
import { Problem } from '../../domain/problem.ts';

/** @returns undefined for what is no JSON, which no schema takes */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws Problem INVALID_CREDENTIALS for what no browser gives */
export function readAssertion(text: string): AssertionCredential {
  const read = AssertionCredential.safeParse(readJson(text));
  if (!read.success) throw new Problem('INVALID_CREDENTIALS');
  return read.data;
}
