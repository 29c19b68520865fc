/** What oidc-provider keeps, in one table of PostgreSQL, by prepared statements: the adapter that its pages ask for. */
import type pg from 'pg';

interface Payload {
  readonly grantId?: string;
  readonly uid?: string;
  readonly userCode?: string;
}

/** @returns for its setting `adapter`; https://github.com/panva/node-oidc-provider/blob/main/docs/README.md#adapter */
export async function oidcPayloads(pool: pg.Pool) {
  await pool.query(`
    create table payloads (
      model text, id text, payload jsonb not null, grant_id text, uid text, user_code text, expires_at timestamptz,
      consumed_at timestamptz, primary key (model, id)
    )`);
  for (const column of ['grant_id', 'uid', 'user_code']) {
    await pool.query(`create index on payloads (${column}) where ${column} is not null`);
  }
  const run = async (name: string, text: string, values: unknown[]) =>
    (await pool.query({ name, text, values })).rows.map(({ payload, consumed_at: at }) =>
      at ? { ...payload, consumed: Math.floor(at.getTime() / 1000) } : payload,
    );
  const by = (column: string) => `
    select payload, consumed_at from payloads
    where model = $1 and ${column} = $2 and (expires_at is null or expires_at > now())`;

  return (model: string) => ({
    upsert: (id: string, payload: Payload, seconds?: number) =>
      run(
        'upsert',
        `insert into payloads values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
        on conflict (model, id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
        [model, id, payload, payload.grantId, payload.uid, payload.userCode, seconds],
      ),
    find: async (id: string) => (await run('find', by('id'), [model, id]))[0],
    findByUid: async (uid: string) => (await run('by uid', by('uid'), [model, uid]))[0],
    findByUserCode: async (code: string) => (await run('by code', by('user_code'), [model, code]))[0],
    consume: (id: string) =>
      run('consume', 'update payloads set consumed_at = now() where model = $1 and id = $2', [model, id]),
    destroy: (id: string) => run('destroy', 'delete from payloads where model = $1 and id = $2', [model, id]),
    revokeByGrantId: (grantId: string) => run('revoke', 'delete from payloads where grant_id = $1', [grantId]),
  });
}
