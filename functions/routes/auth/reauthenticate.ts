/** POST /v1/auth/reauthenticate */
import { ReauthenticateRequest } from '../../contracts/http.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { reauthenticate } from '../../flows/reauthenticate.ts';
import { methodOfCode, reauthenticateByFactor } from '../../flows/reauthenticate-by-factor.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageKeys, stagePasskeyChallenges, stagePseudonyms, stageTotpSecrets } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { accessTokenAnswer } from './token-answer.ts';

const { authenticateEnrolling } = stageBearerTokens();
const settings = stageSettings();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  passwords: await passwordHasher(settings),
  totpSecrets: stageTotpSecrets(),
  recoveryKey: stageKeys('recovery'),
  passkeyChallenges: stagePasskeyChallenges(),
  admitSigning: stageSigner().admit,
};

export const handler = bearerRoute(
  authenticateEnrolling,
  { body: ReauthenticateRequest },
  async ({ body, context }, claims) => {
    const { password, code, assertion } = body;
    if (password !== undefined) return accessTokenAnswer(await reauthenticate(needs, claims, password, context));
    const method = assertion ? 'passkey' : methodOfCode(code ?? '');
    const given = { method, code, assertion } as const;
    return accessTokenAnswer(await reauthenticateByFactor(needs, claims, given, context));
  },
);
