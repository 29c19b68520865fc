/** What a version of the keys of factors is still needed for, before it is dropped (S71). */

import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { keyVersion } from '../../functions/aws/secret-version.ts';
import type { UserId } from '../../functions/domain/ids.ts';
import type { KeyVersion } from '../../functions/domain/key-versions.ts';
import { makesFrom } from '../../functions/domain/key-versions.ts';
import { openTotpSecret, sealedHead, sealTotpSecret } from '../../functions/domain/totp-secrets.ts';
import type { Database } from '../../functions/store/database.ts';
import { countCodesBefore, countSealed, findSealed, reseal } from '../../functions/store/sealed-factors.ts';
import type { SecretName } from '../service/capability.ts';

/** Milliseconds: a request that took the older version just before may still write. */
const STILL_WRITES = 60_000;

interface Versions {
  readonly current: KeyVersion;
  readonly previous: KeyVersion;
}

/** From when on no function seals with the older version, and no request that did is still under way. */
const resealableFrom = ({ current }: Pick<Versions, 'current'>): Date =>
  new Date(makesFrom(current).getTime() + STILL_WRITES);

const sealedWith = (database: Database, { previous }: Pick<Versions, 'previous'>): Promise<number> =>
  countSealed(database, sealedHead(previous.key));

/**
 * Seals with the newest version what the older one has sealed. It may be stopped anywhere and run again: what is done is
 * not found again.
 * @returns how many rows
 * @throws Error where a row does not open
 */
async function resealTotp(database: Database, { current, previous }: Versions): Promise<number> {
  const head = sealedHead(previous.key);
  let done = 0;
  for (;;) {
    const rows = await findSealed(database, head);
    if (rows.length === 0) return done;
    const again = (sealed: Uint8Array | null, userId: UserId): Uint8Array | null => {
      if (!sealed) return null;
      const secret = openTotpSecret(sealed, userId, [current.key, previous.key]);
      if (!secret) throw new Error(`A secret of account ${userId} opens with no version; nothing was dropped`);
      return sealTotpSecret(secret, userId, current.key);
    };
    await reseal(
      database,
      rows.map(({ factor_id, user_id, ...before }) => ({
        factor_id,
        user_id,
        before,
        secret: again(before.secret, user_id),
        new_secret: again(before.new_secret, user_id),
      })),
    );
    done += rows.length;
  }
}

/** People whose recovery codes end with the older version. */
const losingCodes = (database: Database, { current }: Pick<Versions, 'current'>): Promise<number> =>
  countCodesBefore(database, makesFrom(current));

/** People with recovery codes. */
export const withCodes = (database: Database, now: Date): Promise<number> => countCodesBefore(database, now);

/** Of the operator. */
interface FactorKeys {
  readonly client: SecretsManagerClient;
  readonly database: () => Promise<Database>;
  now(): Date;
  say(line: string): void;
}

/**
 * What is kept under the keys of factors: counted, and sealed again before the version goes.
 * @throws Error of one line while functions may still seal with it
 */
export async function prepareDrop(
  { client, database: open, now, say }: FactorKeys,
  name: SecretName,
  secretId: string,
  confirmed: boolean,
): Promise<void> {
  if (name !== 'totp' && name !== 'recovery') return;
  const [current, previous] = await Promise.all([
    keyVersion(client, secretId, 'AWSCURRENT'),
    keyVersion(client, secretId, 'AWSPREVIOUS'),
  ]);
  if (!current || !previous) return;
  const versions = { current, previous };
  const database = await open();
  if (name === 'recovery') {
    say(`${await losingCodes(database, versions)} people lose their recovery codes, and have to make new ones.`);
    return;
  }
  say(`${await sealedWith(database, versions)} authenticator apps are sealed with it.`);
  if (!confirmed) return;
  const from = resealableFrom(versions);
  if (now() < from) throw new Error(`Functions may still seal with it. Repeat this from ${from.toISOString()} on`);
  say(`${await resealTotp(database, versions)} were sealed again.`);
}
