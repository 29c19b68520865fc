/** The statements of the store about requests for authorization. */
import type { AuthorizationRequest } from '../../functions/domain/authorization-request.ts';
import { sha256 } from '../../functions/domain/refresh-token.ts';
import { type Asking, authorize } from '../../functions/store/authorizations.ts';
import { clientOf } from './client-calls.ts';
import type { World } from './world.ts';
import type { StoreCall } from './writes.ts';

/** Of the world's client, prepared by saving it. */
export const askedBy = (world: World): AuthorizationRequest => ({
  clientId: clientOf(world),
  redirectUri: 'https://app.example/',
  responseMode: 'query',
  scope: ['openid'],
  resource: [],
  prompt: [],
  codeChallenge: 'c'.repeat(43),
  arrivedAt: Date.now(),
});

export const pushedOf = ({ own }: World) => sha256(Buffer.from(own));

const asking = (world: World): Asking => ({
  clientId: clientOf(world),
  request: askedBy(world),
  pushed: null,
  codeHash: sha256(Buffer.from(`code ${world.own}`)),
  browser: world.browser,
});

export const oauthCalls: Readonly<Record<string, StoreCall>> = {
  'a code': (world, { now }, database) => authorize(database, asking(world), now),
  'a code for a pushed request': (world, { now }, database) =>
    authorize(database, { ...asking(world), request: null, pushed: pushedOf(world) }, now),
};
