/** Organisations for tests; their members join as people do, by a mailed invitation. */
import { raise } from './levels.ts';
import { mailedToken } from './mailbox.ts';
import type { Person, Tokens } from './people.ts';
import type { Answer, Service } from './service.ts';

/** An organisation whose owner's address is proved, so that it can have members. @throws Error if it is not created */
export async function newOrganization(service: Service, owner: Person, name = 'Oak School'): Promise<string> {
  await proveAddress(service, owner);
  const { status, body } = await service.post('/v1/orgs', { name }, owner.bearer);
  if (status !== 201) throw new Error(`POST /v1/orgs answered ${JSON.stringify(body)}`);
  return body.org_id;
}

export const invite = (service: Service, by: Tokens, orgId: string, email: string, roles: string[]): Promise<Answer> =>
  service.post(`/v1/orgs/${orgId}/invitations`, { email, roles }, by.bearer);

export const accept = (service: Service, person: Tokens, token: string): Promise<Answer> =>
  service.post('/v1/orgs/invitations/accept', { token }, person.bearer);

/** @throws Error when the invitation or its acceptance is refused */
export async function join(
  service: Service,
  by: Tokens,
  orgId: string,
  person: Person,
  roles: string[],
): Promise<void> {
  const invited = await invite(service, by, orgId, person.email, roles);
  if (invited.status !== 202) throw new Error(`the invitation answered ${JSON.stringify(invited.body)}`);
  const accepted = await accept(service, person, await mailedToken(service, person.email, 'invitation'));
  if (accepted.status !== 200) throw new Error(`the acceptance answered ${JSON.stringify(accepted.body)}`);
}

export const memberPath = (orgId: string, { userId }: { readonly userId: string }) =>
  `/v1/orgs/${orgId}/members/${userId}`;

/** A new access token, in the organisation if one is named; this rotates the person's refresh token. */
export async function refreshed(service: Service, tokens: Tokens, orgId?: string): Promise<Tokens> {
  const answer = await service.post('/v1/auth/refresh', { refresh_token: tokens.refreshToken, org_id: orgId });
  if (answer.status !== 200) throw new Error(`refresh answered ${JSON.stringify(answer.body)}`);
  const { access_token, refresh_token, session_id } = answer.body;
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    sessionId: session_id,
    bearer: { authorization: `Bearer ${access_token}` },
  };
}

export const claimsOf = ({ accessToken }: Pick<Tokens, 'accessToken'>) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());

/** Verifies the address as a link would, without waiting for the mail. */
export const proveAddress = (service: Service, { userId }: { readonly userId: string }) =>
  service.sql('update users set email_verified_at = coalesce(email_verified_at, now()) where user_id = $1', [userId]);

/** A person with the platform role, and a token that has it. */
export async function makeAdmin<P extends Person>(service: Service, person: P): Promise<P> {
  await proveAddress(service, person);
  await service.sql(`update users set platform_roles = '{admin}' where user_id = $1`, [person.userId]);
  // Administrators act at level 2 alone.
  await raise(service, person);
  return { ...person, ...(await refreshed(service, person)) };
}
