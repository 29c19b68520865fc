/** GET /v1/auth/factors */
import { ownFactors } from '../../flows/own-factors.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';

const { authenticateEnrolling } = stageBearerTokens();
const needs = { database: stageDatabase() };

export const handler = bearerRoute(authenticateEnrolling, {}, async ({ context }, claims) => ({
  status: 200,
  body: { factors: await ownFactors(needs, claims, context) },
}));
