/** A device without a browser asks to be let in by a person elsewhere (RFC 8628 §3.1). */

import type { AuthenticatedClient } from '../domain/client-credentials.ts';
import { DEVICE_GRANT, DEVICE_SECONDS, newDeviceCodes, POLL_SECONDS, shownUserCode } from '../domain/device-code.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { askForDevice as ask } from '../store/device-codes.ts';
import type { Asked } from './grant-tokens.ts';
import type { Needing } from './needs.ts';
import { spentBefore } from './shown-before.ts';

export type DeviceNeeds = Needing<'database' | 'pseudonyms', LimitSettings>;

export interface AskedForDevice {
  readonly deviceCode: string;
  /** As people read it. */
  readonly userCode: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly interval: number;
}

/**
 * Scopes that the client may not have are dropped, as at the authorization endpoint.
 * @throws Problem CLIENT_NOT_ALLOWED, CLIENT_INVALID, TARGET_INVALID, RATE_LIMITED
 */
export async function askForDevice(
  needs: DeviceNeeds,
  { client, shown }: AuthenticatedClient,
  { scope = [], resource }: Asked,
  context: RequestContext,
): Promise<AskedForDevice> {
  // Not demandGrant: what its tokens are bound to is said when it asks for them.
  if (!client.grants.includes(DEVICE_GRANT)) throw new Problem('CLIENT_NOT_ALLOWED');
  if (resource.some((name) => !client.audiences.includes(name))) throw new Problem('TARGET_INVALID');
  const limits = limitsAt(context.now, await needs.pseudonyms(), needs.settings);
  const counted = [
    ...limits.by('deviceCodes', `asked by ${client.client_id}`),
    ...limits.byIp('loginPerIp', context.ipAddress, 'device '),
  ];
  const asked = {
    clientId: client.client_id,
    shown,
    scope: scope.filter((name) => client.scopes.includes(name)),
    resource,
  };
  // Another device may have the same code: one in many millions has.
  for (let tries = 0; tries < 3; tries++) {
    const { deviceCode, ...codes } = newDeviceCodes();
    const { exceeded, spent, is_made } = await ask(needs.database, { ...asked, ...codes }, counted, context);
    if (exceeded) throw tooMany(exceeded);
    if (spent) throw new Problem(spentBefore[spent]);
    if (is_made) {
      const userCode = shownUserCode(codes.userCode);
      return { deviceCode, userCode, expiresIn: DEVICE_SECONDS, interval: POLL_SECONDS };
    }
  }
  // It was removed since this function looked it up.
  throw new Problem('CLIENT_INVALID');
}
