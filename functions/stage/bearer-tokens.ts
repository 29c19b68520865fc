import type { OneUse } from '../domain/one-use.ts';
import { type BearerTokens, bearerTokens } from '../http/bearer-tokens.ts';
import type { Database } from '../store/database.ts';
import { spend } from '../store/used-once.ts';
import { stageDatabase } from './database.ts';
import { stagePublishedKeys } from './published-keys.ts';
import { stageSettings } from './settings.ts';

/** Of proofs alone, which few callers have: made when the first comes. */
let database: Database | undefined;
function useProof(use: OneUse): Promise<boolean> {
  database ??= stageDatabase();
  return spend(database, use);
}

export const stageBearerTokens = (): BearerTokens => bearerTokens(stagePublishedKeys(), useProof, stageSettings());
