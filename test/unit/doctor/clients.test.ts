import { it } from 'vitest';
import type { ClientId } from '../../../functions/domain/ids.ts';
import type { ClientState } from '../../../functions/store/condition.ts';
import {
  judgeApplied,
  judgeKeys,
  judgeNames,
  judgePlain,
  judgeSecrets,
  judgeUse,
} from '../../../lib/operator/doctor/clients.ts';
import { clientsOf } from '../../../lib/service/clients.ts';
import { ago, expectVerdict, judged } from './judging.ts';

const clients = {
  app: { kind: 'public', name: 'App', redirectUris: ['https://app.example/'] },
  job: { kind: 'machine', name: 'Job', jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] } },
} as const;
const stage = judged({ deployment: { retainData: true, clients: clients as never } });
const stored = clientsOf(stage.settings.deployment.clients, stage.settings.service).map(({ clientId, metadata }) => ({
  ...metadata,
  client_id: clientId,
  source: 'settings' as const,
  org_id: null,
}));
const state = (more: Partial<ClientState> = {}): ClientState => ({
  client_id: 'c_one' as ClientId,
  kind: 'confidential',
  jwks_uri: null,
  is_plain: false,
  is_audience: false,
  is_used: true,
  created_at: ago(400).getTime(),
  rotated_at: null,
  ...more,
});

it('sees whether the settings’ clients are as they are there', () => {
  const [app, job] = stored;
  if (!app || !job) throw new Error('no clients');
  expectVerdict(judgeApplied(stored, stage), 'ok', /: 2, all applied$/);
  // PostgreSQL orders the members of JSON by their length.
  const keys = (job.jwks?.keys ?? []).map((key) => Object.fromEntries(Object.entries(key).toReversed()));
  expectVerdict(judgeApplied([app, { ...job, jwks: { keys } } as never], stage), 'ok');
  expectVerdict(judgeApplied([app], stage), 'warning', /: job$/);
  expectVerdict(judgeApplied([{ ...app, name: 'Other' }, job], stage), 'warning', /: app$/);
  expectVerdict(judgeApplied([...stored, { ...app, client_id: 'old' as ClientId }], stage), 'warning', /: old$/);
  expectVerdict(judgeApplied(undefined, stage), undefined);
});

it('sees redirects to a developer’s machine, of servers of a stage that retains its data', () => {
  expectVerdict(judgePlain([state()], stage), 'ok');
  expectVerdict(judgePlain([state({ is_plain: true })], stage), 'warning', /: c_one$/);
  expectVerdict(judgePlain([state({ is_plain: true, kind: 'public' })], stage), 'ok');
  expectVerdict(judgePlain([state({ is_plain: true })], judged({ deployment: {} })), 'ok');
});

it('sees a client that is named like a service', () => {
  expectVerdict(judgeNames([state()]), 'ok');
  expectVerdict(judgeNames([state({ is_audience: true })]), 'fault', /: c_one$/);
});

it('sees secrets that are left over from a rotation', () => {
  expectVerdict(judgeSecrets([state(), state({ rotated_at: ago(13).getTime() })], stage), 'ok');
  expectVerdict(judgeSecrets([state({ rotated_at: ago(15).getTime() })], stage), 'warning', /: c_one$/);
});

it('sees clients that nobody signs in to, where anybody could', () => {
  const fresh = state({ is_used: false, created_at: ago(89).getTime() });
  expectVerdict(judgeUse([state(), fresh, state({ is_used: null })], stage), 'ok');
  expectVerdict(judgeUse([state({ is_used: false })], stage), 'warning', /: c_one$/);
});

it('sees keys that cannot be fetched', () => {
  expectVerdict(judgeKeys({ asked: 2, failed: [] }), 'ok', /: 2 fetched$/);
  expectVerdict(judgeKeys({ asked: 2, failed: ['job'] }), 'warning', /: job$/);
});
