/** The stage's secrets: whether each is there, and whether a rotation was begun and not ended. */
import { secretNames } from '../../service/capability.ts';
import { secretDescription } from '../../service/environment.ts';
import { secretsOf } from '../../service/secrets.ts';
import { lifeDaysOf } from '../secrets.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import type { Look } from './look.ts';
import { count, DAY, listed, span } from './words.ts';

export interface Secret {
  /** `HMAC key device`; of the local host, `device`. */
  readonly purpose: string;
  readonly LastChangedDate?: number;
  readonly DeletedDate?: number | null;
  readonly SecretVersionsToStages?: Readonly<Record<string, readonly string[]>>;
}

/** Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
export async function readSecrets(look: Look): Promise<Secret[]> {
  if (look.local) return readLocal(look);
  const prefix = secretDescription(look.settings.stage, '');
  const values = { Filters: [{ Key: 'description', Values: [prefix.trimEnd()] }], IncludePlannedDeletion: true };
  const page = { list: 'SecretList', token: ['NextToken', 'NextToken'] } as const;
  const all = await look.pages<Secret & { Description?: string }>('secretsmanager:ListSecrets', values, page);
  // The filter ignores case and finds longer descriptions.
  return all.flatMap(({ Description = '', ...secret }) =>
    Description.startsWith(prefix) ? [{ ...secret, purpose: Description.slice(prefix.length) }] : [],
  );
}

const hmacKey = (name: string) => `HMAC key ${name}`;
const LOGIN = 'Database login of the functions';

/** The local host names its secrets, and has no list of them. */
const readLocal = ({ aws }: Look): Promise<Secret[]> =>
  Promise.all(
    [...secretNames, 'database-application'].map(async (name) => {
      type Answer = Secret & { readonly VersionIdsToStages?: Secret['SecretVersionsToStages'] };
      const answer = await aws<Answer>('secretsmanager:DescribeSecret#local', { SecretId: `identity-local/${name}` });
      const purpose = name === 'database-application' ? LOGIN : hmacKey(name);
      return { ...answer, purpose, SecretVersionsToStages: answer.VersionIdsToStages ?? {} };
    }),
  );

export function judgePresence(secrets: readonly Secret[], { settings }: Judged): Verdict {
  const wanted = [...secretsOf(settings).map(hmacKey), LOGIN];
  const isDeleted = ({ DeletedDate }: Secret) => DeletedDate !== undefined && DeletedDate !== null;
  const deleted = secrets.filter(isDeleted).map(({ purpose }) => purpose);
  const missing = wanted.filter((purpose) => !secrets.some((secret) => secret.purpose === purpose));
  if (deleted.length > 0)
    return fault(
      `Scheduled for deletion: ${listed(deleted)}`,
      'Functions that need it answer 503 within minutes; what was made with it is lost when it is deleted.',
      'aws secretsmanager restore-secret --secret-id …',
    );
  if (missing.length > 0)
    return fault(
      `Missing secrets: ${listed(missing)}`,
      'Functions that need them answer 503.',
      `${readme('Recovery')}, "HMAC secrets"`,
    );
  const edge = settings.deployment.edge;
  const proof = `what the edge proves itself with, version ${edge?.secretVersion ?? 1}`;
  if (edge && !secrets.some(({ purpose }) => purpose === proof))
    return warning(
      `No secret of version ${edge.secretVersion} for the edge`,
      'cdk.json is ahead of the stage.',
      'Deploy',
    );
  return ok(`All ${count(wanted.length, 'secret')} are there`);
}

export function judgeRotations(secrets: readonly Secret[], { settings, now, command }: Judged): Verdict {
  const begun = secretNames.flatMap((name) => {
    const secret = secrets.find(({ purpose }) => purpose === hmacKey(name));
    const { SecretVersionsToStages: versions = {}, LastChangedDate: changed = 0 } = secret ?? {};
    const isBegun = Object.values(versions).some((labels) => labels.includes('AWSPREVIOUS'));
    return isBegun ? [{ name, age: now.getTime() - changed * 1000 }] : [];
  });
  const over = begun.filter(({ name, age }) => age > (lifeDaysOf(name, settings.service) + 1) * DAY);
  if (over.length === 0)
    return ok(
      begun.length === 0
        ? 'No rotation of an HMAC key is under way'
        : `Rotated, and the version before is honoured: ${listed(begun.map(({ name }) => name))}`,
    );
  return warning(
    `Rotated ${over.map(({ name, age }) => `${name} ${span(age)} ago`).join(', ')}: the version before is honoured still`,
    'Nothing is made with it any more: whoever has it can forge, and the next rotation is refused.',
    over.map(({ name }) => command(`keys -- drop ${name}`)).join('; '),
  );
}

export const secretChecks: readonly Check[] = [
  check('secrets', 'whether the secrets are there', readSecrets, judgePresence),
  check('secret-rotations', 'whether a rotation was ended', readSecrets, judgeRotations),
];
