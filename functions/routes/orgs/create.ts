/** POST /v1/orgs: the caller is its owner. */
import { CreateOrganizationRequest } from '../../contracts/http/organizations.ts';
import { foundOrganization } from '../../flows/found-organization.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageSettings } from '../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase() };
const takes = { body: CreateOrganizationRequest };

export const handler = bearerRoute(authenticate, takes, async ({ body, context }, claims) => ({
  status: 201,
  body: await foundOrganization(needs, claims, body.name, context),
}));
