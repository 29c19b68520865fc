/** GET and PUT /v1/orgs/{org_id}/policy: what the organisation asks of its members; a PUT replaces all of it. */
import * as z from 'zod/mini';
import { optional } from '../../contracts/http/fields.ts';
import { PolicyRequest, type PolicyResponse, policyDay } from '../../contracts/http/organizations.ts';
import type { OrgId } from '../../domain/ids.ts';
import { assertAllowed } from '../../domain/refusal.ts';
import { changePolicy } from '../../flows/change-policy.ts';
import { byMethod } from '../../http/by-method.ts';
import { existingRoles } from '../../http/existing-roles.ts';
import { pathId } from '../../http/query.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageSettings } from '../../stage/settings.ts';
import { findPolicy, type OrganizationPolicy } from '../../store/organization-policy.ts';

const { authenticate } = stageBearerTokens();
const settings = stageSettings();
const needs = { settings, database: stageDatabase() };
const body = z.object({
  ...PolicyRequest.shape,
  level_2: optional(z.object({ roles: optional(existingRoles(settings)), from: optional(policyDay) })),
});

const asBody = ({ level2, sharedDevices }: OrganizationPolicy): z.infer<typeof PolicyResponse> => ({
  level_2: level2 && { roles: level2.roles && [...level2.roles], from: level2.from.toISOString() },
  shared_devices: sharedDevices,
});

export const handler = byMethod({
  GET: bearerRoute(authenticate, {}, async (request, claims) => {
    const found = await findPolicy(needs.database, claims, pathId<OrgId>(request, 'org_id'), request.context);
    assertAllowed(found.verdict);
    return { status: 200, body: asBody(found.policy) };
  }),
  PUT: bearerRoute(authenticate, { body }, async (request, claims) => {
    const { level_2: demand, shared_devices: sharedDevices = false } = request.body;
    const from = demand?.from === undefined ? request.context.now : new Date(demand.from);
    const policy = { level2: demand ? { roles: demand.roles ?? null, from } : null, sharedDevices };
    await changePolicy(needs, claims, pathId<OrgId>(request, 'org_id'), policy, request.context);
    return { status: 200, body: asBody(policy) };
  }),
});
