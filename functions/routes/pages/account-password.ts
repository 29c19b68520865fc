/**
 * GET and POST /account/confirm, /account/password, /account/delete: what compares or makes a password, and what is asked of
 * who is to do something sensitive (S85). Apart from account.ts, since hashing wants a whole core.
 */
import { AccountForm, AccountQuery } from '../../contracts/http/forms.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { byMethod } from '../../http/by-method.ts';
import { pageRoute } from '../../http/page-route.ts';
import { stageBreachCheck } from '../../stage/breached-passwords.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageDeviceTokens, stagePseudonyms } from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { confirmArea } from './account/confirm.ts';
import { deletion } from './account/delete.ts';
import { passwordArea } from './account/password.ts';
import { serveAccount } from './account/serve.ts';
import { carriedTrouble } from './carried-trouble.ts';

const pages = stagePages();
const settings = stageSettings();
const needs = {
  pages,
  settings,
  forms: stageBrowserDoor().forms,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  deviceTokens: stageDeviceTokens(),
  isBreached: stageBreachCheck(),
  passwords: await passwordHasher(settings),
};
const trouble = carriedTrouble(pages);
const { show, act } = serveAccount(needs, { confirm: confirmArea, password: passwordArea, delete: deletion });

export const handler = byMethod({
  GET: pageRoute(pages, { query: AccountQuery }, (request) => trouble(request, request.query, () => show(request))),
  POST: pageRoute(pages, { body: AccountForm }, (request) => trouble(request, request.body, () => act(request))),
});
