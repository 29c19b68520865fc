/**
 * Manages a stage's HMAC keys from an operator's machine, directly in Secrets Manager: shows them, rotates them, and
 * drops a version that leaked (S71). Each step is one call, so a command that was cut short can be run again.
 */
import { randomBytes } from 'node:crypto';
import {
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { MAKES_AFTER, makesFrom } from '../../functions/domain/key-versions.ts';
import type { Database } from '../../functions/store/database.ts';
import { type SecretName, secretNames } from '../service/capability.ts';
import type { ServiceSettings } from '../service/config.ts';
import { secretDescription } from '../service/environment.ts';
import { operatorDatabase } from './database.ts';
import { prepareDrop, withCodes } from './factor-keys.ts';
import { operatorStage } from './stage.ts';

export interface SecretOperator {
  readonly client: SecretsManagerClient;
  /** Undefined for the local host. */
  readonly stage: string | undefined;
  readonly service: ServiceSettings;
  /** The stage's, opened when it is needed. */
  readonly database: () => Promise<Database>;
  now(): Date;
  say(line: string): void;
}

/** @throws Error of one line when there is no such stage */
export function secretOperator(stage: string | undefined): SecretOperator {
  const { service } = operatorStage(stage);
  return {
    client: new SecretsManagerClient({}),
    stage,
    service,
    database: () => operatorDatabase(stage),
    now: () => new Date(),
    say: (line) => console.log(line),
  };
}

/** What is made with a key, and how long it stays useful. */
const uses: Readonly<
  Record<SecretName, { readonly made: string; readonly ends: string; lifeDays(service: ServiceSettings): number }>
> = {
  pseudonym: {
    made: 'counts of rate limits, failures and locks of addresses, and the hashes in log lines',
    ends: 'counts, failures and locks of addresses kept under it: they begin anew',
    // From the change on, everything is counted under the new version alone.
    lifeDays: () => 0,
  },
  'refresh-chain': {
    made: 'refresh tokens',
    ends: 'every session that was not refreshed since: its owner has to sign in again',
    lifeDays: ({ sessionIdleDays }) => sessionIdleDays,
  },
  'one-time-token': {
    made: 'links in mails',
    ends: 'every link that was mailed before: its recipient has to ask for another',
    lifeDays: ({ invitationDays, verificationLinkHours, resetLinkMinutes }) =>
      Math.max(invitationDays, verificationLinkHours / 24, resetLinkMinutes / 1440),
  },
  'verification-code': {
    made: 'codes in verification mails',
    ends: 'every code that was mailed before; the links in the same mails still work',
    lifeDays: ({ verificationLinkHours }) => verificationLinkHours / 24,
  },
  device: {
    made: 'tokens of devices that signed in before',
    ends: 'every device token: devices are unknown until their next login, and reported as new once more',
    lifeDays: ({ deviceDays }) => deviceDays,
  },
  browser: {
    made: 'requests of clients while people sign in, and the forms of pages',
    ends: 'forms and requests that are open in browsers: their pages say so and begin anew',
    lifeDays: () => 1 / 24,
  },
  totp: {
    made: "seals of authenticator apps' secrets",
    ends: 'nothing: rows that it sealed are sealed again with the new version first',
    lifeDays: () => 0,
  },
  recovery: {
    made: 'MACs of recovery codes',
    ends: 'every set of recovery codes that was made before',
    lifeDays: () => Number.POSITIVE_INFINITY,
  },
  'audit-pseudonym': {
    made: 'pseudonyms in the exported audit log',
    ends: 'the way from an id to its pseudonyms in what was exported before: nobody finds a person there any more',
    lifeDays: () => Number.POSITIVE_INFINITY,
  },
};

/** Days after which nothing is left that was made with the version before. */
export const lifeDaysOf = (name: SecretName, service: ServiceSettings): number => uses[name].lifeDays(service);

/** Made only where a setting asks for it. */
const optional: readonly SecretName[] = ['audit-pseudonym'];

interface Version {
  readonly id: string;
  readonly createdAt: Date;
}

/** Prints for each key when its versions were made, and which version makes new values. */
export async function showSecrets(operator: SecretOperator): Promise<void> {
  for (const name of secretNames) {
    const id = await findSecret(operator, name);
    if (!id && optional.includes(name)) continue;
    const { current, previous } = await versionsOf(operator, id ?? noSecret(operator, name));
    const makes = !previous || makesFrom(current) <= operator.now() ? 'makes' : `makes from ${iso(makesFrom(current))}`;
    operator.say(`${name.padEnd(17)}  of ${iso(current.createdAt)}, ${makes}: ${uses[name].made}`);
    if (previous) operator.say(`${''.padEnd(17)}  of ${iso(previous.createdAt)}, honoured until it is dropped`);
  }
}

/**
 * Adds a new version. Functions accept both, and all change to the new one together, when all know it.
 * @throws Error of one line while an older version is honoured: Secrets Manager would drop that silently
 */
export async function rotateSecret(operator: SecretOperator, given: string): Promise<void> {
  const name = secretNamed(given);
  const SecretId = await secretId(operator, name);
  const { current, previous } = await versionsOf(operator, SecretId);
  if (previous) {
    throw new Error(
      `${name} was rotated at ${iso(current.createdAt)}, and the version before it is still honoured. ` +
        `Drop that first: npm run keys -- drop ${name}`,
    );
  }
  const SecretString = JSON.stringify({ key: randomBytes(32).toString('base64url') });
  await operator.client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  const { current: made } = await versionsOf(operator, SecretId);
  operator.say(
    `${name} has a new version. All functions make ${uses[name].made} with it from ${iso(makesFrom(made))}.`,
  );
  if (name === 'recovery') {
    const people = await withCodes(await operator.database(), operator.now());
    operator.say(`${people} people have recovery codes. Those codes end when you drop the version before it.`);
  }
  if (name === 'pseudonym') operator.say('Counts and locks then begin anew, once.');
  operator.say(`The version before it is honoured until you drop it: npm run keys -- drop ${name}`);
}

/**
 * Drops the version before the newest: five minutes later no function accepts it.
 * @param confirmed when false, only prints what would end
 */
export async function dropSecret(operator: SecretOperator, given: string, confirmed: boolean): Promise<void> {
  const { now, say, client } = operator;
  const name = secretNamed(given);
  const SecretId = await secretId(operator, name);
  const { current, previous } = await versionsOf(operator, SecretId);
  if (!previous) {
    say(`${name} has one version, of ${iso(current.createdAt)}: there is none to drop. Rotate it first if it leaked.`);
    return;
  }
  for (const line of consequences(operator, name, current)) say(line);
  await prepareDrop(operator, name, SecretId, confirmed);
  if (!confirmed) {
    say('Nothing was done. Repeat with --yes to do it.');
    return;
  }
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: 'AWSPREVIOUS',
      // Another run may have rotated or dropped meanwhile: drop this version or none.
      RemoveFromVersionId: previous.id,
    }),
  );
  say(`Dropped. No function honours it from ${iso(new Date(now().getTime() + MAKES_AFTER))} on.`);
}

function consequences({ service, now }: SecretOperator, name: SecretName, current: Version): string[] {
  const changed = makesFrom(current);
  const lifeDays = lifeDaysOf(name, service);
  if (!Number.isFinite(lifeDays)) return [`It ends ${uses[name].ends}.`];
  const over = new Date(changed.getTime() + lifeDays * 86_400_000);
  if (over <= now()) return [`It ends nothing: all that was made with it expired by ${iso(over)}.`];
  const ends = `It ends ${uses[name].ends}.`;
  if (changed <= now())
    return [
      `${ends} The new version has been in use since ${iso(changed)}; from ${iso(over)} on, nothing is left to end.`,
    ];
  return [
    ends,
    `The new version is in use only from ${iso(changed)}: what functions make until then may end too. In an emergency, do not wait.`,
  ];
}

/** @throws Error of one line */
async function versionsOf({ client }: SecretOperator, SecretId: string) {
  const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId, MaxResults: 100 }));
  const labelled = (label: string): Version | undefined => {
    const version = Versions.find(({ VersionStages }) => VersionStages?.includes(label));
    return version && { id: version.VersionId ?? '', createdAt: version.CreatedDate ?? new Date(0) };
  };
  const current = labelled('AWSCURRENT');
  if (!current) throw new Error(`${SecretId} has no current version`);
  return { current, previous: labelled('AWSPREVIOUS') };
}

async function secretId(operator: SecretOperator, name: SecretName): Promise<string> {
  return (await findSecret(operator, name)) ?? noSecret(operator, name);
}

function noSecret({ stage }: SecretOperator, name: SecretName): never {
  throw new Error(`No secret ${name} of stage ${stage} in this account and region`);
}

/** Its name or ARN; undefined where the stage has none. */
export async function findSecret({ client, stage }: SecretOperator, name: SecretName): Promise<string | undefined> {
  if (stage === undefined) return `identity-local/${name}`;
  // CloudFormation makes its name.
  const description = secretDescription(stage, `HMAC key ${name}`);
  const { SecretList = [] } = await client.send(
    new ListSecretsCommand({ Filters: [{ Key: 'description', Values: [description] }] }),
  );
  // The filter also matches longer descriptions that begin with this text, and ignores case.
  return SecretList.find(({ Description }) => Description === description)?.ARN;
}

function secretNamed(given: string): SecretName {
  const name = secretNames.find((one) => one === given);
  if (!name) throw new Error(`No secret ${given}, only ${secretNames.join(', ')}`);
  return name;
}

const iso = (time: Date) => time.toISOString();
