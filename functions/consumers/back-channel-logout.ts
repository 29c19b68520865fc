/**
 * Tells clients that a session is over (OpenID Connect Back-Channel Logout 1.0 §2.5): a message is one session of one
 * client, so a client that does not answer keeps nobody else waiting. Each try has a token of its own, signed when it is
 * sent. What a client takes twice, since a run was killed before its message was done, says the same.
 */
import * as z from 'zod/mini';
import { consumerQueue } from '../aws/consumer-queue.ts';
import { id } from '../contracts/events/fields.ts';
import { isWithin } from '../domain/age.ts';
import type { ClientId, EventId } from '../domain/ids.ts';
import { logoutClaims } from '../domain/logout-token.ts';
import { FetchError } from '../runtime/fetch-public.ts';
import { log, setLogContext } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { stagePost } from '../stage/clients.ts';
import { stageDatabase } from '../stage/database.ts';
import { environment, stageSettings } from '../stage/settings.ts';
import { stageSigner } from '../stage/signer.ts';
import { findLogoutNotice } from '../store/logout-notices.ts';
import { eachMessage, PutOff } from './each-message.ts';
import { parseEvent, parseJson, RefusedEvent } from './refused-event.ts';

/** Milliseconds that a client has to answer. */
const PATIENCE = 5_000;
/**
 * Milliseconds for which a client that failed is not asked again from here: many who sign out would wait for it. Twice as
 * long each time that it fails again, up to eight minutes: a few servers that never answer would take all our time.
 */
const REST = 30_000;
const MOST_DOUBLED = 4;

const Delivered = z.object({ detail: z.object({ event_id: id, correlation_id: id }) });

const settings = stageSettings();
const database = stageDatabase();
const signer = stageSigner();
const post = stagePost();
const queue = consumerQueue(environment('DEAD_LETTERS_URL'));
/** When a client failed last, milliseconds since the epoch, and how often before that without an answer between. */
const failed = new Map<ClientId, { readonly at: number; readonly before: number }>();

export const handler = eachMessage('client not told of a logout', queue, async (body) => {
  const { event_id, correlation_id } = parseEvent(Delivered, parseJson(body), 2).detail;
  setLogContext({ correlation_id, event_id });
  const notice = await findLogoutNotice(database, event_id as EventId, new Date());
  if (!notice) throw new RefusedEvent('not_ours');
  const { client_id, uri } = notice;
  setLogContext({ correlation_id, event_id, client_id });
  if (uri === null) return log('info', 'the client wants to be told no more');
  if (notice.lives_on) return log('info', 'the person is signed in there again');
  const last = failed.get(client_id);
  if (last && isWithin(last.at, REST * 2 ** last.before)) throw new PutOff('the client failed a moment ago');
  const claims = logoutClaims(notice, new Date(), settings.issuer);
  // A page that a client's server shows in the place of an answer is no answer of the client's.
  const status = await send(uri, await signer.admit()(claims, 'logout+jwt'));
  if (status === 200 || status === 204) {
    failed.delete(client_id);
    return log('info', 'client told of a logout');
  }
  if (status === 400) {
    emitMetrics({ LogoutsRefused: [1, 'Count'] });
    return log('error', 'the client refused a logout token');
  }
  failed.set(client_id, { at: Date.now(), before: last ? Math.min(last.before + 1, MOST_DOUBLED) : 0 });
  emitMetrics({ LogoutsFailed: [1, 'Count'] });
  throw new PutOff(`the client answered ${status}`);
});

/** @returns the status that the client answered, or why there is none */
async function send(uri: string, logout_token: string): Promise<number | string> {
  try {
    return await post(uri, { logout_token }, { patience: PATIENCE });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    log('warn', 'the client does not answer', { reason: error.message });
    return 'nothing';
  }
}
