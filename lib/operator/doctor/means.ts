/** What the doctor looks with: signed requests, the Data API, and plain HTTP as any caller's. */
import { once } from 'node:events';
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { dataApi } from '../../../functions/aws/data-api.ts';
import type { StageSettings } from '../../service/config.ts';
import { awsRequests } from '../aws-request.ts';
import { databaseTarget } from '../database.ts';
import { LOCAL } from '../stage.ts';
import { examine } from './examine.ts';
import type { Document, Means } from './look.ts';
import type { Examined } from './report.ts';

/** Milliseconds for a call. A paused Aurora takes longer to resume: then its checks say so. */
const PATIENCE = 5_000;

/** @param change for a test, whose AWS is slower or knows other addresses */
export async function examineStage(settings: StageSettings, change: Partial<Means> = {}): Promise<Examined> {
  const { patience = PATIENCE } = change;
  const { PORT = '3000', TLS_CERT } = process.env;
  const at = new Date();
  const findings = await examine({
    settings,
    ...(settings.stage === LOCAL
      ? { local: { issuer: new URL(`${TLS_CERT ? 'https' : 'http'}://localhost:${PORT}`).origin } }
      : {}),
    now: at,
    ask: awsRequests(),
    database: async () => dataApi(await databaseTarget(settings), { oneTry: patience, inAll: 2 * patience }),
    get,
    certificateEnd,
    patience,
    ...change,
  });
  return { stage: settings.stage, at, findings };
}

/** Not by fetch, which knows no other way to look a name up. */
async function get(url: string): Promise<Document> {
  const open = url.startsWith('https:') ? getSecure : getPlain;
  const request = open(url, { signal: AbortSignal.timeout(PATIENCE), headers: { 'user-agent': 'identity-doctor' } });
  const [answer] = await once(request, 'response');
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

async function certificateEnd(host: string): Promise<Date> {
  const { hostname, port } = new URL(`https://${host}`);
  const socket: TLSSocket = connect({
    host: hostname,
    port: Number(port || 443),
    servername: hostname,
    timeout: PATIENCE,
    // One that is over is to be said, and not thrown.
    rejectUnauthorized: false,
  });
  try {
    socket.on('timeout', () => socket.destroy(new Error(`${host} does not answer`)));
    await once(socket, 'secureConnect');
    return new Date(socket.getPeerCertificate().valid_to);
  } finally {
    socket.destroy();
  }
}
