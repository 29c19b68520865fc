/** The signing keys, in KMS: whether tokens can be signed, whether the keys take turns, and who may use them. */
import { toJwk } from '../../../functions/aws/public-keys.ts';
import { signingKeyPolicy } from '../../../functions/aws/signing-key-policy.ts';
import { type KeyRole, keyAges, keyRoles } from '../../../functions/domain/key-lifecycle.ts';
import { signingKeyAliases } from '../../service/environment.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import type { Look } from './look.ts';
import { DAY, day, HOUR, listed, span } from './words.ts';

export interface Key {
  readonly role: KeyRole;
  readonly keyId: string;
  /** When the alias came to this key. */
  readonly since: Date;
  /** In KMS's words: `Enabled`, `PendingDeletion`. */
  readonly state: string;
  readonly deletionDate?: Date;
  /** Of a key that can be used. */
  readonly kid?: string;
}

export interface PublishedKeys {
  readonly keys: readonly Key[];
  /** Of those that can be used. */
  readonly kids: readonly string[];
  readonly active: string | undefined;
}

interface Alias {
  readonly AliasName: string;
  readonly TargetKeyId?: string;
  readonly LastUpdatedDate?: number;
}

interface Described {
  readonly KeyMetadata: { readonly KeyState: string; readonly DeletionDate?: number };
}

/** Sources, in https://docs.aws.amazon.com/kms/latest/APIReference/: API_ListAliases.html, API_DescribeKey.html, API_GetPublicKey.html */
export async function readKeys({ aws, pages, settings: { stage } }: Look): Promise<PublishedKeys> {
  const page = { list: 'Aliases', token: ['NextMarker', 'Marker'] } as const;
  const aliases = await pages<Alias>('kms:ListAliases', {}, page);
  const found = keyRoles.map(async (role): Promise<Key | undefined> => {
    const alias = aliases.find(({ AliasName }) => AliasName === signingKeyAliases(stage) + role);
    const { TargetKeyId: KeyId, LastUpdatedDate } = alias ?? {};
    if (!KeyId || !LastUpdatedDate) return undefined;
    const { KeyMetadata } = await aws<Described>('kms:DescribeKey', { KeyId });
    const { KeyState: state, DeletionDate } = KeyMetadata;
    return {
      role,
      keyId: KeyId,
      since: new Date(LastUpdatedDate * 1000),
      state,
      ...(DeletionDate === undefined ? {} : { deletionDate: new Date(DeletionDate * 1000) }),
      ...(state === 'Enabled' ? { kid: await kidOf(aws, KeyId) } : {}),
    };
  });
  const keys = (await Promise.all(found)).filter((key) => key !== undefined);
  const kids = [...new Set(keys.flatMap(({ kid }) => kid ?? []))];
  return { keys, kids, active: keys.find(({ role }) => role === 'active')?.kid };
}

async function kidOf(aws: Look['aws'], KeyId: string): Promise<string> {
  const { PublicKey } = await aws<{ PublicKey: string }>('kms:GetPublicKey', { KeyId });
  return toJwk(Buffer.from(PublicKey, 'base64')).kid;
}

const inRole = ({ keys }: PublishedKeys, role: KeyRole) => keys.find((key) => key.role === role);
const ageOf = ({ since }: Key, now: Date) => now.getTime() - since.getTime();

/** The job runs daily, and a change takes two of its runs. */
const LATE = 4 * DAY;

export function judgeActive(found: PublishedKeys, { settings, now, command }: Judged): Verdict {
  const active = inRole(found, 'active');
  const run = `aws lambda invoke --function-name identity-${settings.stage}-rotate-signing-key /dev/stdout`;
  const restored = inRole(found, 'next')?.kid
    ? 'The daily job puts the waiting key in its place'
    : 'No other key waits';
  if (!active) return fault('No key signs: the stage has no active key', 'Nobody can sign in or refresh.', run);
  if (active.state !== 'Enabled') {
    const until = active.deletionDate ? ` and is deleted on ${day(active.deletionDate)}` : '';
    return fault(
      `No key signs: the active key is ${active.state}${until}`,
      'Nobody can sign in or refresh.',
      `aws kms cancel-key-deletion and enable-key --key-id ${active.keyId} if this was not meant; else ${run}. ${restored}`,
    );
  }
  const age = ageOf(active, now);
  const due = keyAges(settings.service).rotate;
  const seen = `Key ${active.kid?.slice(0, 8)}… signs, since ${span(age)}`;
  if (age > due + LATE)
    return warning(
      `${seen}; the next was due ${span(age - due)} ago`,
      'The daily job does not change the keys.',
      `Read the log of rotate-signing-key, or ${command('keys -- rotate')}`,
    );
  return ok(`${seen}; the next is due ${age > due ? 'now' : `in ${span(due - age)}`}`);
}

export function judgeWaiting(found: PublishedKeys, { settings, now }: Judged): Verdict {
  const [next, active] = [inRole(found, 'next'), inRole(found, 'active')];
  const means = 'In an emergency, no key would be there that consumers know already.';
  const mend = 'Read the log of rotate-signing-key, which makes one daily';
  if (next && next.state !== 'Enabled') return warning(`The waiting key is ${next.state}`, means, mend);
  if (!next || next.keyId === active?.keyId) {
    // A new stage has one from its second day on.
    const age = active ? ageOf(active, now) : 0;
    if (age < 2 * DAY) return ok(`No key waits yet: the daily job makes one (${readme('Signing keys')})`);
    return warning(`No key waits, ${span(age)} after the last change`, means, mend);
  }
  const left = keyAges(settings.service).publishAhead - ageOf(next, now);
  return ok(`Key ${next.kid?.slice(0, 8)}… waits, ${left > 0 ? `and may sign in ${span(left)}` : 'and may sign'}`);
}

export function judgePrevious(found: PublishedKeys, { settings, now }: Judged): Verdict | undefined {
  const [previous, active] = [inRole(found, 'previous'), inRole(found, 'active')];
  if (!previous || !active || previous.keyId === active.keyId) return undefined;
  const over = ageOf(active, now) - keyAges(settings.service).retire;
  if (over < 2 * DAY + HOUR) return ok('The key before stays published until its last token has expired');
  return warning(
    `The key before is still published, ${span(over)} after its last token`,
    'The daily job does not end: a key that nobody needs is trusted.',
    'Read the log of rotate-signing-key',
  );
}

interface Policies {
  readonly role: KeyRole;
  readonly policy: string;
  readonly wanted: string;
}

/** Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
async function readPolicies(look: Look): Promise<Policies[]> {
  const { keys } = await look.once(readKeys);
  return Promise.all(
    keys.map(async ({ role, keyId }) => {
      const [{ Policy }, { KeyMetadata }] = await Promise.all([
        look.aws<{ Policy: string }>('kms:GetKeyPolicy', { KeyId: keyId, PolicyName: 'default' }),
        look.aws<{ KeyMetadata: { Arn: string } }>('kms:DescribeKey', { KeyId: keyId }),
      ]);
      const [, partition, , , account] = KeyMetadata.Arn.split(':');
      const wanted = signingKeyPolicy(look.settings.stage, `arn:${partition}:iam::${account}:root`);
      return { role, policy: Policy, wanted };
    }),
  );
}

export function judgePolicies(policies: readonly Policies[], { command }: Judged): Verdict | undefined {
  if (policies.length === 0) return undefined;
  const others = policies.filter(({ policy, wanted }) => !same(JSON.parse(policy), JSON.parse(wanted)));
  if (others.length === 0) return ok('Only the stage’s own roles may sign, by the policy of each key');
  const anybody = others.filter(({ policy }) => /"kms:\*"/.test(policy));
  return warning(
    `${listed(others.map(({ role }) => role))}: not the policy that this version gives`,
    anybody.length > 0
      ? 'Whoever has kms:Sign on * in this account can forge tokens.'
      : 'Somebody has changed who may sign, or an older version made the key.',
    `${readme('Signing keys')}, "Who can forge tokens": two rotations replace the keys (${command('keys -- rotate')})`,
  );
}

/** KMS keeps no order of members, and a list of one may be its only member. */
function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && one.length === 1 && !Array.isArray(other)) return same(one[0], other);
  if (Array.isArray(other) && other.length === 1 && !Array.isArray(one)) return same(one, other[0]);
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value) => other.some((candidate) => same(value, candidate)));
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other;
  const names = Object.keys(one);
  const members = [one, other] as [Record<string, unknown>, Record<string, unknown>];
  return names.length === Object.keys(other).length && names.every((name) => same(members[0][name], members[1][name]));
}

export const keyChecks: readonly Check[] = [
  check('signing-key', 'which key signs', readKeys, judgeActive),
  check('waiting-key', 'whether a key waits', readKeys, judgeWaiting),
  check('previous-key', 'whether the key before ends', readKeys, judgePrevious),
  check('key-policy', 'who may use the keys', readPolicies, judgePolicies),
];
