/** The stage's signing keys in KMS: reads them, takes the steps of their lifecycle, deletes and revokes them. */
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  type KMSClient,
  ListAliasesCommand,
  paginateListAliases,
  paginateListKeys,
  paginateListResourceTags,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import {
  after,
  type KeyAges,
  type KeyInRole,
  keyRoles,
  nextStep,
  type StageKeys,
  type Step,
} from '../domain/key-lifecycle.ts';
import { signingKeyPolicy } from './signing-key-policy.ts';

/** The stage whose keys these are, and how long one can be restored after its deletion was scheduled. */
export interface Keeper {
  readonly kms: KMSClient;
  readonly stage: string;
  /** `alias/identity-dev/` before the role. */
  readonly aliases: string;
  /** Asked for only when a key is made. @returns the account as a principal, `arn:aws:iam::111122223333:root` */
  readonly account: (kms: KMSClient) => Promise<string>;
  readonly deletionDays: number;
}

/** The tag that the conditions in lib/aws/signing-keys.ts use. */
const STAGE_TAG = 'identity:stage';
/** Milliseconds within which another run may still be making a key that has no alias. */
const MAKING = 60 * 60 * 1000;
/** No state needs more steps; the bound keeps a fault from making keys for ever. */
const MOST_STEPS = 8;

/**
 * Takes every step that is due.
 * @returns the steps taken, and the keys after them
 */
export async function advanceKeys(
  keeper: Keeper,
  ages: KeyAges,
  now: Date,
): Promise<{ steps: Step[]; keys: StageKeys }> {
  const steps: Step[] = [];
  let keys = await readStageKeys(keeper);
  for (let step = nextStep(keys, now, ages); step; step = nextStep(keys, now, ages)) {
    if (steps.length === MOST_STEPS) throw new Error('the signing keys do not come to rest');
    keys = await take(keeper, step, keys, now);
    steps.push(step);
  }
  return { steps, keys };
}

export async function readStageKeys({ kms, aliases }: Keeper): Promise<StageKeys> {
  const keys: { -readonly [Role in keyof StageKeys]: KeyInRole } = {};
  for await (const { Aliases = [] } of paginateListAliases({ client: kms }, {})) {
    for (const { AliasName, TargetKeyId, LastUpdatedDate } of Aliases) {
      const role = keyRoles.find((name) => AliasName === aliases + name);
      if (!role || !TargetKeyId || !LastUpdatedDate) continue;
      keys[role] = { keyId: TargetKeyId, since: LastUpdatedDate, usable: await isUsable(kms, TargetKeyId) };
    }
  }
  return keys;
}

async function isUsable(kms: KMSClient, keyId: string): Promise<boolean> {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
  return KeyMetadata?.KeyState === 'Enabled';
}

/** Another run may have been first: the keys are then read again. */
async function take(keeper: Keeper, step: Step, keys: StageKeys, now: Date): Promise<StageKeys> {
  const { kms, aliases } = keeper;
  try {
    switch (step.do) {
      case 'make':
        return { ...keys, next: { keyId: await makeNext(keeper), since: now, usable: true } };
      case 'assign': {
        const move = { AliasName: aliases + step.role, TargetKeyId: step.keyId };
        await kms.send(keys[step.role] ? new UpdateAliasCommand(move) : new CreateAliasCommand(move));
        return after(keys, step, now);
      }
      case 'release':
        await kms.send(new DeleteAliasCommand({ AliasName: aliases + step.role }));
        return after(keys, step, now);
    }
  } catch (error) {
    if (isNamed(error, 'AlreadyExistsException') || isNamed(error, 'NotFoundException')) return readStageKeys(keeper);
    throw error;
  }
}

/**
 * CreateAlias refuses a name that is taken, so only one of two simultaneous runs makes the stage's next key. The key of
 * the other run has no alias, and is deleted with the rest of those.
 */
async function makeNext({ kms, stage, aliases, account }: Keeper): Promise<string> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      KeySpec: 'RSA_2048',
      KeyUsage: 'SIGN_VERIFY',
      Description: `Signs access tokens of the identity service, stage ${stage}`,
      Policy: signingKeyPolicy(stage, await account(kms)),
      // KMS would ask whether the maker may change the policy. The job may not, and the account's administrators may.
      BypassPolicyLockoutSafetyCheck: true,
      Tags: [{ TagKey: STAGE_TAG, TagValue: stage }],
    }),
  );
  const keyId = KeyMetadata?.KeyId;
  if (!keyId) throw new Error('KMS made no key');
  await kms.send(new CreateAliasCommand({ AliasName: `${aliases}next`, TargetKeyId: keyId }));
  return keyId;
}

/**
 * Ends the stage: all its keys that have a role. It may be cut short anywhere and run again.
 * @returns the ids of the keys; each can be restored for `deletionDays`
 */
export async function retireKeys(keeper: Keeper): Promise<string[]> {
  const { kms, aliases, deletionDays } = keeper;
  const keys = await readStageKeys(keeper);
  const retired = new Set<string>();
  for (const role of keyRoles) {
    const key = keys[role];
    if (!key) continue;
    // The key goes before its alias, by which a later run finds it.
    if (key.usable && !retired.has(key.keyId)) {
      await orderDeletion(kms, key.keyId, deletionDays);
      retired.add(key.keyId);
    }
    // A key that waits for deletion keeps its aliases, and they would block those of the next stack.
    await kms.send(new DeleteAliasCommand({ AliasName: aliases + role })).catch((error: unknown) => {
      // The alias went in an earlier try, whose answer was lost.
      if (!isNamed(error, 'NotFoundException')) throw error;
    });
  }
  return [...retired];
}

/** Takes a key out of use at once, whatever its role. {@link advanceKeys} puts another in its place. */
export async function disableKey({ kms }: Keeper, keyId: string): Promise<void> {
  await kms.send(new DisableKeyCommand({ KeyId: keyId }));
}

/**
 * Schedules the deletion of the stage's keys that no alias names: those that are retired, revoked, or were left by a
 * killed run. KMS cannot search keys by tag or alias, so every key of the account without an alias is looked at.
 * @returns their ids
 */
export async function deleteUnnamedKeys({ kms, stage, deletionDays }: Keeper, now: Date): Promise<string[]> {
  const named = new Set<string | undefined>();
  for await (const { Aliases = [] } of paginateListAliases({ client: kms }, {})) {
    for (const { TargetKeyId } of Aliases) named.add(TargetKeyId);
  }
  const deleted: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId = '' } of Keys) {
      if (named.has(KeyId) || !(await isOfStage(kms, KeyId, stage)) || !(await isOver(kms, KeyId, now))) continue;
      if (await orderDeletion(kms, KeyId, deletionDays)) deleted.push(KeyId);
    }
  }
  return deleted;
}

async function isOfStage(kms: KMSClient, keyId: string, stage: string): Promise<boolean> {
  try {
    for await (const { Tags = [] } of paginateListResourceTags({ client: kms }, { KeyId: keyId })) {
      if (Tags.some(({ TagKey, TagValue }) => TagKey === STAGE_TAG && TagValue === stage)) return true;
    }
  } catch (error) {
    // Another team's key, whose policy hides even its tags; or one that was just deleted.
    if (!isNamed(error, 'AccessDeniedException') && !isNamed(error, 'NotFoundException')) throw error;
  }
  return false;
}

async function isOver(kms: KMSClient, keyId: string, now: Date): Promise<boolean> {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
  const { KeyState, CreationDate } = KeyMetadata ?? {};
  const waits = KeyState === 'Enabled' || KeyState === 'Disabled';
  if (!waits || !CreationDate || now.getTime() - CreationDate.getTime() < MAKING) return false;
  // This asks for one key: it may have got an alias after the list was read.
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({ KeyId: keyId }));
  return Aliases.length === 0;
}

/** @returns false when another run was first */
async function orderDeletion(kms: KMSClient, keyId: string, days: number): Promise<boolean> {
  try {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: days }));
    return true;
  } catch (error) {
    if (isNamed(error, 'KMSInvalidStateException')) return false;
    throw error;
  }
}

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name;
