/** GET /.well-known/status-lists/{list}: which sessions have ended (draft-ietf-oauth-status-list §8). */
import { isWithin } from '../../domain/age.ts';
import { Problem } from '../../domain/problem.ts';
import { isBegun, LISTED_FOR } from '../../domain/status-list.ts';
import { statusListClaims } from '../../domain/status-list-token.ts';
import { documentAnswer, type PublicDocument, publicDocument } from '../../http/document.ts';
import { publicRoute } from '../../http/route.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { findEndedStatuses } from '../../store/session-statuses.ts';

const settings = stageSettings();
const { statusListSeconds } = settings;
const database = stageDatabase();
const signer = stageSigner();
if (statusListSeconds > 0) signer.prepare();

const TYPE = 'application/statuslist+jwt';
/** So long, a cache near whoever asks may have it; with the time that it is remembered here, it is `ttl` (§5.1) at most. */
const REMEMBERED = statusListSeconds / 2;
const CACHE_CONTROL = `public, max-age=${Math.max(1, Math.floor(REMEMBERED))}`;

const remembered = new Map<number, { readonly at: number; readonly document: Promise<PublicDocument> }>();
/** So that a list that is not there costs nobody a statement for each who asks. */
let newest = { at: Number.NEGATIVE_INFINITY, index: 0 };

export const handler = publicRoute({ cors: 'any' }, async (request) => {
  const list = Number(/^\d{1,9}$/.exec(request.pathParameters.list ?? '')?.[0] ?? Number.NaN);
  if (statusListSeconds === 0 || Number.isNaN(list)) throw new Problem('RESOURCE_NOT_FOUND');
  return documentAnswer(request, await current(list), CACHE_CONTROL, TYPE);
});

/** However many ask, it is made once in that time. */
function current(list: number): Promise<PublicDocument> {
  const known = remembered.get(list);
  if (known && isWithin(known.at, REMEMBERED * 1000)) return known.document;
  if (isWithin(newest.at, REMEMBERED * 1000) && !isBegun(list, newest.index)) throw new Problem('RESOURCE_NOT_FOUND');
  const made = { at: Date.now(), document: make(list) };
  remembered.set(list, made);
  made.document.catch(() => {
    if (remembered.get(list) === made) remembered.delete(list);
  });
  return made.document;
}

async function make(list: number): Promise<PublicDocument> {
  const sign = signer.admit();
  const now = new Date();
  const since = new Date(now.getTime() - LISTED_FOR * 1000);
  const { newestIndex, bytes } = await findEndedStatuses(database, list, since);
  newest = { at: now.getTime(), index: newestIndex };
  if (!isBegun(list, newestIndex)) throw new Problem('RESOURCE_NOT_FOUND');
  return publicDocument(await sign(statusListClaims(list, bytes, now, settings), 'statuslist+jwt'));
}
