/** GET /v1/auth/me/export: everything that is held about the caller, a page at a time. */
import { ExportQuery } from '../../../contracts/http/administration.ts';
import { exportAccount } from '../../../flows/export-account.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase() };

export const handler = bearerRoute(authenticate, { query: ExportQuery }, async ({ query, context }, claims) => ({
  status: 200,
  headers: { 'content-disposition': 'attachment; filename="account.json"' },
  body: await exportAccount(needs, claims, query.cursor, context),
}));
