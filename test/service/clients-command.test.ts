/** `npm run clients`, in a process of its own. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashSecret } from '../../functions/domain/client-secret.ts';
import { operatorCommand } from '../support/operator-command.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const directory = mkdtempSync(join(tmpdir(), 'clients-'));
function file(content: unknown): string {
  const path = join(directory, 'client.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const run = (...args: string[]) => operatorCommand(service, ['clients.ts', ...args, '--json']);
async function answer(...args: string[]) {
  const { code, out, error } = await run(...args);
  if (code !== 0) throw new Error(error);
  return JSON.parse(out);
}
const hashes = async () =>
  (await service.sql('select secret_hash from client_secrets order by created_at desc')).map(({ secret_hash }) =>
    secret_hash.toString('hex'),
  );
const hashesOf = (...secrets: string[]) => secrets.map((secret) => hashSecret(secret).toString('hex'));

it('makes a client, shows it, gives it another secret, changes and removes it', async () => {
  const given = { kind: 'confidential', name: 'Wiki', redirectUris: ['https://wiki.example/callback'] };
  const made = await answer('create', file(given));
  expect(made).toEqual({
    client_id: expect.stringMatching(/^c_[\w-]{22}$/),
    client_secret: expect.stringMatching(/^cs_[\w-]{43}$/),
  });
  const { client_id: id, client_secret: first } = made;
  expect(await answer('list')).toEqual([
    { client_id: id, kind: 'confidential', name: 'Wiki', authentication: 'client_secret', source: 'command' },
  ]);
  const shown = await answer('show', id);
  expect(shown).toMatchObject({ client_id: id, redirect_uris: given.redirectUris, secrets: 1 });
  expect(JSON.stringify(shown)).not.toContain(hashesOf(first)[0]);

  const { client_secret: second } = await answer('rotate-secret', id);
  expect(await hashes()).toEqual(hashesOf(second, first));
  const { client_secret: third } = await answer('rotate-secret', id);
  expect((await hashes()).toSorted()).toEqual(hashesOf(third, second).toSorted());
  await answer('drop-secret', id);
  expect(await hashes()).toEqual(hashesOf(third));

  expect(await answer('change', id, file({ ...given, name: 'Other' }))).toEqual({ client_id: id });
  expect(await answer('show', id)).toMatchObject({ name: 'Other', secrets: 1 });
  await answer('remove', id);
  expect(await answer('list')).toEqual([]);
  const entries = await service.sql(
    "select action, detail from audit_log where action like 'client.%' order by entry_id",
  );
  expect(entries.map(({ action }) => action)).toEqual([
    'client.created',
    ...Array(4).fill('client.changed'),
    'client.removed',
  ]);
  for (const { detail } of entries) expect(detail).toEqual({ client_id: id, by: 'operator' });
});

it('says in a line each what is wrong, and does nothing', async () => {
  const { code, out, error } = await run(
    'create',
    file({ kind: 'public', name: '', redirectUris: ['http://a.example/'] }),
  );
  expect([code, out]).toEqual([1, '']);
  expect(error.trim().split('\n')).toEqual([
    'Bad client:',
    '  name: must be 1 to 60 visible characters',
    expect.stringMatching(/^ {2}redirectUris\.0: must begin with https:/),
  ]);
  expect((await run('show', 'nobody')).error.trim()).toBe('No client nobody');
  expect((await run('remove', 'nobody')).error.trim()).toBe('nobody: there is no such client');
  expect((await run('show')).error).toMatch(/^npm run clients -- list/);
  expect(await answer('list')).toEqual([]);
});
