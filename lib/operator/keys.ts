/** Manages a stage's signing keys from an operator's machine, in KMS itself: works even when the functions do not. */
import { KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import { fetchSigningKey } from '../../functions/aws/public-keys.ts';
import { advanceKeys, disableKey, type Keeper, readStageKeys } from '../../functions/aws/signing-keys.ts';
import {
  type KeyAges,
  type KeyInRole,
  type KeyRole,
  keyAges,
  keyRoles,
  remembered,
  type StageKeys,
} from '../../functions/domain/key-lifecycle.ts';
import { signingKeyAliases } from '../service/environment.ts';
import { operatorStage } from './stage.ts';

export interface Operator {
  readonly keeper: Keeper;
  readonly ages: KeyAges;
  readonly accessTokenSeconds: number;
  now(): Date;
  wait(milliseconds: number): Promise<void>;
  say(line: string): void;
}

/**
 * @param stage one of cdk.json, with AWS credentials and a region in the environment; undefined for the local host
 * @throws Error of one line when there is no such stage
 */
export function keyOperator(stage: string | undefined): Operator {
  const { service, stage: name } = operatorStage(stage);
  const keeper: Keeper = {
    kms: new KMSClient({}),
    stage: name,
    aliases: signingKeyAliases(name),
    account: accountOf,
    deletionDays: service.signingKeys.deletionDays,
  };
  return {
    keeper,
    ages: keyAges(service),
    accessTokenSeconds: service.accessTokenSeconds,
    now: () => new Date(),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    say: (line) => console.log(line),
  };
}

/** Every alias is in the caller's own account. @returns that account as a principal */
async function accountOf(kms: KMSClient): Promise<string> {
  const { Aliases: [{ AliasArn = '' } = {}] = [] } = await kms.send(new ListAliasesCommand({ Limit: 1 }));
  const [, partition, , , account] = AliasArn.split(':');
  if (!partition || !account) throw new Error('KMS has no keys in this account and region; deploy the stage first');
  return `arn:${partition}:iam::${account}:root`;
}

/** Prints each key, since when it has its role, and when the role may end. */
export async function showKeys({ keeper, ages, say }: Operator): Promise<void> {
  const keys = await readStageKeys(keeper);
  const until = (role: KeyRole, { since }: KeyInRole): string => {
    const { active = { since } } = keys;
    if (role === 'next') return `may sign from ${later(since, ages.publishAhead)}`;
    if (role === 'active') return `due for the next from ${later(since, ages.rotate)}`;
    return `published until ${later(active.since, ages.retire)}`;
  };
  for (const role of keyRoles) {
    // The first key is published under both names: no other key waits yet to take its place.
    const key = role === 'next' && keys.next?.keyId === keys.active?.keyId ? undefined : keys[role];
    const kid = key?.usable ? await kidOf(keeper, role) : 'revoked';
    say(`${role.padEnd(8)}  ${key ? `${kid}  since ${key.since.toISOString()}, ${until(role, key)}` : '–'}`);
  }
}

/**
 * Takes the next key into use now, whatever the age of the active one. It may be stopped at any step: the daily job
 * then does the rest.
 * @throws Error of one line when no key may sign yet; in that case nothing is made or moved
 */
export async function rotateKeys({ keeper, ages, now, wait, say }: Operator): Promise<void> {
  const before = await readStageKeys(keeper);
  const hindrance = before.active?.usable ? obstacleTo(before, ages, now()) : null;
  if (hindrance) throw new Error(hindrance);
  const old = before.active?.keyId;
  for (;;) {
    const { keys } = await advanceKeys(keeper, { ...ages, rotate: 0 }, now());
    if (keys.active && keys.active.keyId !== old) {
      say(`active    ${await kidOf(keeper, 'active')}`);
      say(
        `The key before it stays published until ${later(keys.active.since, ages.retire)}; the daily job removes it.`,
      );
      return;
    }
    const begun = keys.previous?.keyId === old ? keys.previous : undefined;
    const obstacle = obstacleTo(keys, ages, now());
    if (!begun || obstacle) throw new Error(obstacle ?? 'Another run is rotating the keys; look at the status');
    const rest = begun.since.getTime() + ages.settle - now().getTime();
    say(`Begun. The next key signs in ${Math.ceil(rest / 1000)} s, when the first step is visible everywhere in KMS.`);
    await wait(Math.max(rest, 1_000));
  }
}

function obstacleTo({ next, active, previous }: StageKeys, ages: KeyAges, now: Date): string | null {
  const age = (key: KeyInRole) => now.getTime() - key.since.getTime();
  if (active && previous?.usable && previous.keyId !== active.keyId && age(active) < ages.retire) {
    return `The last change is under way until ${later(active.since, ages.retire)}`;
  }
  if (!next?.usable || next.keyId === active?.keyId) {
    return `No key waits yet: the daily job makes one, and it may sign ${Math.ceil(ages.publishAhead / 3_600_000)} h later`;
  }
  if (age(next) >= ages.publishAhead) return null;
  return `The next key has not been published for long enough: it may sign from ${later(next.since, ages.publishAhead)}`;
}

/**
 * For an emergency: the key no longer signs, and is out of JWKS, when this resolves.
 * @param confirmed when false, only prints what would end
 * @throws Error of one line when no key in use has this id
 */
export async function revokeKey(operator: Operator, kid: string, confirmed: boolean): Promise<void> {
  const { keeper, ages, now, wait, say } = operator;
  const keys = await readStageKeys(keeper);
  const kids = await Promise.all(keyRoles.map(async (role) => [role, await kidOf(keeper, role)] as const));
  const roles = kids.filter(([, one]) => one === kid).map(([role]) => role);
  const [role] = roles;
  const keyId = role && keys[role]?.keyId;
  if (!keyId) {
    // Or a revocation that was cut short has disabled it already: then this does the rest.
    await advanceKeys(keeper, ages, now());
    throw new Error(`No key in use has the id ${kid}`);
  }
  for (const line of consequences(operator, roles, keys)) say(line);
  if (!confirmed) {
    say('Nothing was done. Repeat with --yes to do it.');
    return;
  }
  await disableKey(keeper, keyId);
  await advanceKeys(keeper, ages, now());
  say(`Revoked. ${(await kidOf(keeper, 'active')) ?? 'No key'} signs now.`);
  say(`Waiting ${remembered.byFunctions} s, until no function remembers the old key …`);
  await wait(remembered.byFunctions * 1000);
  // A run of the job that had begun earlier may have named the key again.
  await advanceKeys(keeper, ages, now());
  say('The key is out of JWKS, and the service accepts none of its tokens.');
}

function consequences(
  { ages, accessTokenSeconds, now }: Operator,
  roles: readonly KeyRole[],
  keys: StageKeys,
): string[] {
  if (roles.every((role) => role === 'next')) return ['The key has signed nothing yet: no token ends.'];
  const { maxAge, staleIfError } = remembered.byConsumers;
  const { next } = keys;
  const waiting =
    next?.usable && !roles.includes('next') && now().getTime() - next.since.getTime() >= ages.publishAhead;
  return [
    `This ends every access token that the key signed, each valid for up to ${minutes(accessTokenSeconds)} more.`,
    'Sessions go on: a refresh or a login gives a token of the new key.',
    `Consumers trust the key until their copy of JWKS expires: after ${minutes(maxAge)}; after ${minutes(staleIfError)} where a consumer cannot reach JWKS;`,
    `after ${minutes(remembered.byApiGateway)} in API Gateway's own JWT authorizers.`,
    ...(roles.includes('active') && !waiting
      ? [
          'No other key has been published for long enough: in that time, consumers may not know the new key,',
          'and IAM may take 5 min to let the functions use it.',
        ]
      : []),
  ];
}

async function kidOf({ kms, aliases }: Keeper, role: KeyRole): Promise<string | undefined> {
  return (await fetchSigningKey(kms, aliases, role))?.jwk.kid;
}

const later = (since: Date, milliseconds: number) => new Date(since.getTime() + milliseconds).toISOString();
const minutes = (seconds: number) => `${Math.ceil(seconds / 60)} min`;
