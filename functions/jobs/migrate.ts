/**
 * Applies the migrations that the database does not have yet, then gives the application's role its login. It runs at
 * each deployment, before any function of the new version serves; it may run twice, also at the same time.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { meaningOfError } from '../aws/database-errors.ts';
import { databaseLogin } from '../aws/database-login.ts';
import { forJobs } from '../aws/database-retry.ts';
import { relyingParty } from '../domain/webauthn/relying-party.ts';
import { log } from '../runtime/log.ts';
import { stageDatabase } from '../stage/database.ts';
import { environment, stageSettings } from '../stage/settings.ts';
import { applyMigrations, grantLogin, patientUntil } from '../store/migrations.ts';
import { otherPasskeyDomain } from '../store/passkey-domain.ts';

/** Beside the bundle; see `assets` in lib/service/functions.ts. */
const DIRECTORY = join(import.meta.dirname, 'migrations');

/** Nothing is tried again with fewer milliseconds left: a call that builds an index has 45 s. */
const LAST_TRY = 90_000;

const database = stageDatabase(forJobs);

/** A transaction is not found any more after a failover, or when an earlier call of it was lost. */
const saysNothing = (error: unknown) =>
  ['not_run', 'unknown'].includes(meaningOfError(error)) ||
  (error instanceof Error && error.name === 'TransactionNotFoundException');

/**
 * @throws Error when a migration fails, or an applied one was changed later, or an index is not built in time, which goes
 * on: the deployment then fails, and the next one finds it; or when the settings would leave passkeys behind
 */
export async function handler(_event: unknown, context: Context): Promise<{ applied: string[] }> {
  const migrations = readdirSync(DIRECTORY)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(DIRECTORY, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
  const patience = patientUntil(() => context.getRemainingTimeInMillis() > LAST_TRY, saysNothing);
  const applied = await applyMigrations(database, migrations, patience);
  await keepPasskeyDomain();
  await grantLogin(database, await databaseLogin(environment('APPLICATION_SECRET_ARN')), patience);
  log('info', 'migrated', { applied });
  return { applied };
}

/** Before anything of the new version serves: nobody's passkey works under another domain (WebAuthn L3 §4, "RP ID"). */
async function keepPasskeyDomain(): Promise<void> {
  const party = relyingParty(stageSettings());
  const other = party && (await otherPasskeyDomain(database, party.rpId));
  if (!other) return;
  throw new Error(
    `Nobody could use a passkey any more: those of this stage belong to ${other}, and the settings make it ${party.rpId}. ` +
      `Set service.passkeys.rpId to "${other}" (README, "Sessions"), or service.passkeys.on to false.`,
  );
}
