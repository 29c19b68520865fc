/** POST /v1/auth/reauthenticate: opens for some minutes what a stolen token must not be enough for (S85). */
import { dataApi } from '../../aws/data-api.ts';
import { signAccessToken } from '../../aws/signer.ts';
import { ReauthenticateRequest } from '../../contracts/http.ts';
import { accessClaims } from '../../domain/access-token.ts';
import { confirmPassword, passwordRefusal } from '../../flows/confirm-password.ts';
import { authenticate } from '../../http/authenticate.ts';
import { bearerRoute } from '../../http/route.ts';
import { accessTokenAnswer } from '../../http/token-answer.ts';
import { settings } from '../../runtime/settings.ts';
import { reauthenticate } from '../../store/reauthentication.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, { body: ReauthenticateRequest }, async ({ body, context }, caller) => {
  const confirmed = await confirmPassword(database, caller, body.password, context);
  const subject = await reauthenticate(database, caller, confirmed, context);
  if (subject.user_id === null) throw passwordRefusal(subject.retry_after);
  // The refresh token stays, as other tabs hold it: what it gives from now on says the new time too.
  const claims = accessClaims(subject, { sessionId: caller.sid, now: context.now }, settings);
  return accessTokenAnswer(await signAccessToken(claims), caller.sid);
});
