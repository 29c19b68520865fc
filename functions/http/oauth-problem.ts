/** Problems as RFC 6749 §5.2 has them: for stock clients, which read `error` and nothing else. */
import { oauthError } from '../domain/oauth-error.ts';
import type { HttpAnswer, RawRequest } from './messages.ts';
import { problemHeaders, problemOf } from './problem-details.ts';

/** Whatever was thrown, as an answer; the unexpected is logged and becomes `server_error`. */
export function oauthProblem(thrown: unknown, _request: RawRequest): HttpAnswer {
  const problem = problemOf(thrown);
  const [status, error] = oauthError(problem.code);
  const faults = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`.trim());
  const said = faults.length > 0 ? `${problem.message}: ${faults.join('; ')}` : problem.message;
  return {
    status,
    headers: { 'content-type': 'application/json', ...problemHeaders(problem) },
    body: { error, error_description: describable(said) },
  };
}

/** Section 5.2 has the description in a part of ASCII, without the characters that would end a quoted text. */
const describable = (text: string) =>
  text
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 500);
