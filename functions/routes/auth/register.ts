/** POST /v1/auth/register */
import * as z from 'zod/mini';
import { newEmailAddressOf } from '../../contracts/http/fields.ts';
import { RegisterRequest } from '../../contracts/http.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { type RegisterNeeds, register } from '../../flows/register.ts';
import { publicRoute } from '../../http/route.ts';
import { stageBreachCheck } from '../../stage/breached-passwords.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const settings = stageSettings();
const needs: RegisterNeeds = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  passwords: await passwordHasher(settings),
  isBreached: stageBreachCheck(),
};
const takes = { body: z.object({ ...RegisterRequest.shape, email: newEmailAddressOf(settings) }) };

export const handler = publicRoute(takes, async ({ body, context }) => {
  const { email, password, organization_name: organizationName } = body;
  const { userId, orgId } = await register(needs, { email, password, organizationName, profile: body }, context);
  return { status: 201, body: { user_id: userId, email, org_id: orgId, email_verification_required: true } };
});
