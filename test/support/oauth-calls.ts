/** The statements of the store about requests for authorization. */
import type { AuthorizationRequest } from '../../functions/domain/authorization-request.ts';
import { consentHash } from '../../functions/domain/consent-hash.ts';
import type { ConsentId } from '../../functions/domain/ids.ts';
import { sha256 } from '../../functions/domain/refresh-token.ts';
import { type Asking, authorize } from '../../functions/store/authorizations.ts';
import { grantConsent } from '../../functions/store/consents.ts';
import { askForDevice, denyDevice, findDevice } from '../../functions/store/device-codes.ts';
import { listConsents, withdrawConsent } from '../../functions/store/given-consents.ts';
import { pushRequest } from '../../functions/store/pushed-requests.ts';
import { clientOf, toSave } from './client-calls.ts';
import { codeOf } from './grant-calls.ts';
import { defaultSettings } from './settings.ts';
import { counted } from './store-calls.ts';
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

const consenting = (world: World) => ({
  browser: world.browser,
  request: askedBy(world),
  userId: world.person.userId,
  consentHash: consentHash(toSave(world).metadata).toString('hex'),
});
export const consentOf = ({ own }: World) => own as unknown as ConsentId;

const device = (world: World) => ({
  deviceHash: codeOf(world),
  userCode: 'BCDFGHJK',
  clientId: clientOf(world),
  shown: [],
  scope: ['openid'],
  resource: [],
});

export const oauthCalls: Readonly<Record<string, StoreCall>> = {
  'a device that asks': (world, context, database) => askForDevice(database, device(world), [], context),
  'a code of a device': (world, context, database) =>
    findDevice(database, device(world).userCode, counted(world, context), context),
  'a device that is denied': (world, { now }, database) =>
    denyDevice(database, codeOf(world).toString('hex'), world.person.userId, now),
  'a device that is let in': (world, { now }, database) => {
    const request = { ...askedBy(world), device: codeOf(world).toString('hex') };
    return authorize(database, { ...asking(world), request, codeHash: codeOf(world) }, defaultSettings, now);
  },
  'a code': (world, { now }, database) => authorize(database, asking(world), defaultSettings, now),
  'a code for a pushed request': (world, { now }, database) =>
    authorize(database, { ...asking(world), request: null, pushed: pushedOf(world) }, defaultSettings, now),
  'a request that is pushed': (world, { now }, database) =>
    pushRequest(database, askedBy(world), { hash: pushedOf(world), shown: [] }, now),
  'a consent': (world, context, database) => grantConsent(database, consenting(world), context),
  'more of a consent': (world, context, database) => grantConsent(database, consenting(world), context),
  'a consent that is taken back': (world, context, database) =>
    withdrawConsent(database, world.person.claims, consentOf(world), context),
  'a list of consents': (world, context, database) =>
    listConsents(database, world.person.claims, { after: null, limit: 10 }, context),
};
