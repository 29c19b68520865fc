import { type BearerTokens, bearerTokens } from '../http/bearer-tokens.ts';
import { stagePublishedKeys } from './published-keys.ts';
import { stageSettings } from './settings.ts';

export const stageBearerTokens = (): BearerTokens => bearerTokens(stagePublishedKeys(), stageSettings());
