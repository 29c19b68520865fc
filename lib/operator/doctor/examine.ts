/** Makes all checks of a stage at once. One that cannot see what it looks at says so, and is never ok. */
import type { AwsRefusal } from '../aws-request.ts';
import { actionOf, databaseActions } from './calls.ts';
import type { Check, State, Verdict } from './check.ts';
import { type Look, lookAt, type Means, Refused } from './look.ts';
import { NoStage, readStack } from './stack.ts';
import { subjects } from './subjects.ts';

/** What machines read (`--json`): members are only ever added. */
export interface Finding extends Omit<Verdict, 'state'> {
  readonly check: string;
  readonly subject: string;
  /** `not-here`: the local host has no such thing. */
  readonly state: State | 'not-here';
  /** The IAM actions that the caller lacks. */
  readonly missing?: readonly string[];
}

/** @throws Error when nothing can be looked at: no stage, no credentials, no host */
export async function examine(means: Means): Promise<Finding[]> {
  const look = lookAt(means);
  await look.once(means.local ? readHost : readStack).catch((error: unknown) => {
    if (error instanceof NoStage || !isDenied(error)) throw causeOf(error);
  });
  const findings = Object.entries(subjects).flatMap(([subject, checks]) =>
    checks.map(async (check) => {
      const verdict = await found(check, look);
      return verdict && { check: check.id, subject, ...verdict };
    }),
  );
  return (await Promise.all(findings)).filter((finding) => finding !== undefined);
}

/** The local host has keys as soon as it serves. */
const readHost = ({ aws }: Look) => aws('kms:ListAliases');

async function found(
  { examine: see, what }: Check,
  look: Look,
): Promise<Omit<Finding, 'check' | 'subject'> | undefined> {
  try {
    return await see(look);
  } catch (error) {
    const seen = `Not known: ${what}`;
    if (look.local && isUnheardOf(error)) return { state: 'not-here', seen: `Not on this machine: ${what}` };
    if (!isDenied(error)) return { state: 'unknown', seen, means: reasonOf(error) };
    const missing = actionsOf(error);
    return { state: 'unknown', seen, means: `You may not call ${missing.join(', ')}.`, missing };
  }
}

const actionsOf = ({ call }: Refused): string[] =>
  call === 'database' ? [...databaseActions, 'secretsmanager:ListSecrets'] : [actionOf(call)];

/** In the words of the services; all answer 403, or 400 with such a name. */
const DENIED = /^(AccessDenied|AuthorizationError|UnauthorizedOperation|NotAuthorized|UnauthorizedException|Forbidden)/;

const isDenied = (error: unknown): error is Refused => error instanceof Refused && DENIED.test(error.reason);

const isUnheardOf = (error: unknown) => error instanceof Refused && error.reason === 'UnknownOperationException';

/** In one line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Refused)) return `${error instanceof Error ? error.message || error.name : error}.`;
  const { reason, message, call } = error;
  const said = [reason, message].filter((text, index, all) => text && text !== 'Error' && all.indexOf(text) === index);
  return `${call === 'database' ? 'The database' : actionOf(call)}: ${said.join(': ')}`
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300);
}

/** Of a fetch without a connection Node says why in the cause of the cause. */
function causeOf(error: unknown): unknown {
  const cause = error instanceof Refused ? error.cause : error;
  const { cause: inner } = (cause ?? {}) as { cause?: unknown };
  return cause instanceof TypeError && inner instanceof Error ? inner : ((cause as AwsRefusal) ?? error);
}
