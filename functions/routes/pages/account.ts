/**
 * GET /account, GET and POST /account/{page}: the account as its owner runs it. One function for all pages that hash nothing:
 * whoever opens one opens the next, which then meets no cold start. Those that hash are account-password.ts.
 */
import { AccountForm, AccountQuery } from '../../contracts/http/forms.ts';
import { byMethod } from '../../http/by-method.ts';
import { pageRoute } from '../../http/page-route.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageKeys, stagePasskeyChallenges, stagePseudonyms, stageTotpSecrets } from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { applications } from './account/applications.ts';
import { authenticator } from './account/authenticator.ts';
import { emailArea } from './account/email.ts';
import { exportArea } from './account/export.ts';
import { organizations } from './account/organizations.ts';
import { overview } from './account/overview.ts';
import { passkeyOffer } from './account/passkey-offer.ts';
import { passkeys } from './account/passkeys.ts';
import { policy } from './account/policy.ts';
import { profile } from './account/profile.ts';
import { recoveryCodes } from './account/recovery-codes.ts';
import { serveAccount } from './account/serve.ts';
import { sessions } from './account/sessions.ts';
import { carriedTrouble } from './carried-trouble.ts';

const pages = stagePages();
const needs = {
  pages,
  settings: stageSettings(),
  forms: stageBrowserDoor().forms,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  totpSecrets: stageTotpSecrets(),
  recoveryKey: stageKeys('recovery'),
  passkeyChallenges: stagePasskeyChallenges(),
};
const trouble = carriedTrouble(pages);
const { show, act } = serveAccount(needs, {
  '': overview,
  profile,
  email: emailArea,
  sessions,
  applications,
  organizations,
  policy,
  passkeys,
  'passkey-offer': passkeyOffer,
  authenticator,
  'recovery-codes': recoveryCodes,
  export: exportArea,
});

export const handler = byMethod({
  GET: pageRoute(pages, { query: AccountQuery }, (request) => trouble(request, request.query, () => show(request))),
  POST: pageRoute(pages, { body: AccountForm }, (request) => trouble(request, request.body, () => act(request))),
});
