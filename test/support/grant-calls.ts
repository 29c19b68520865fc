/** The statements of the store at the token endpoint. */

import { DEVICE_GRANT } from '../../functions/domain/device-code.ts';
import type { SessionId } from '../../functions/domain/ids.ts';
import { seedsOf, sha256 } from '../../functions/domain/refresh-token.ts';
import { presentClientToken } from '../../functions/store/client-refresh.ts';
import { endClientSession } from '../../functions/store/client-sessions.ts';
import { exchangeCode, type PresentedCode } from '../../functions/store/code-exchange.ts';
import { clientOf } from './client-calls.ts';
import { defaultSettings as settings } from './settings.ts';
import { chainKeys, type World } from './world.ts';
import type { StoreCall } from './writes.ts';

export const codeOf = ({ own }: World) => sha256(`code of ${own}`);

const asked = { scope: null, resource: null, defaultAudience: 'x' };
/** An id of the world, which the session to be opened has. */
const opens = ({ peers }: World) => peers as unknown as SessionId;

const exchangeBy =
  (bound: Pick<PresentedCode, 'grant' | 'redirectUri' | 'challenge'>): StoreCall =>
  (world, context, database) =>
    exchangeCode(
      database,
      {
        ...asked,
        ...bound,
        codeHash: codeOf(world),
        clientId: clientOf(world),
        shown: [],
        jkt: null,
        session: {
          sessionId: opens(world),
          hash: world.person.addressKey,
          refresh: 'rotates',
          dpopJkt: null,
          idleSeconds: null,
          lifetime: { idleSeconds: 60, maxSeconds: 60 },
          mayOutlive: true,
        },
      },
      settings,
      context,
    );

const exchange = exchangeBy({
  grant: 'authorization_code',
  redirectUri: 'https://app.example/',
  challenge: 'c',
});
const poll = exchangeBy({ grant: DEVICE_GRANT, redirectUri: undefined, challenge: null });

const refresh: StoreCall = async (world, context, database) => {
  const { token } = world.second;
  const seed = seedsOf(token, chainKeys)[0];
  const presented = { ...asked, clientId: clientOf(world), shown: [], jkt: null, sessionJkt: null, token, seed };
  const { verdict } = await presentClientToken(database, presented, settings, context);
  return verdict;
};

export const grantCalls: Readonly<Record<string, StoreCall>> = {
  'a code for a session': exchange,
  'a code that was used': exchange,
  'a question of a device': poll,
  'a question of a device that came too soon': poll,
  'a device that is let in, for a session': poll,
  "a client's refresh": refresh,
  "a client's refresh with a token that stays": refresh,
  "a client's session that it ends": (world, context, database) =>
    endClientSession(database, { clientId: clientOf(world), shown: [] }, world.second.sessionId, context),
};
