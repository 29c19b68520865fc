/** Whose account a browser's session opens, with what its pages say of it: by the cookie, in one call. */
import type { SecondFactor } from '../domain/authentication-level.ts';
import type { BrowserCookie } from '../domain/browser-session.ts';
import type { SessionId, UserId } from '../domain/ids.ts';
import type { ProfileColumns } from '../domain/profile.ts';
import { browserParameters, opensBrowser, visited } from './browser-sessions.ts';
import type { Database } from './database.ts';
import { type Below, type DemandSettings, demandParameters, isBelow } from './demanded-levels.ts';
import { hasApp, hasSecondFactor, mailCounts, mailParameters, showedPassword, usableFactors } from './factors.ts';
import { profileColumns } from './profiles.ts';
import { type Recency, type RecencySettings, recencyParameters, stale, staleAcr } from './recent-authentication.ts';
import { isLive } from './sessions.ts';

/** `stale_acr`: what has to be shown before anything that is sensitive (S85); `is_below`: before anything at all (S86). */
export interface OwnAccount extends ProfileColumns, Recency, Below {
  readonly session_id: SessionId;
  /** How long the session lasts without a visit, seconds. */
  readonly idle_seconds: number;
  /** When it ends at the latest, milliseconds since the epoch. */
  readonly session_ends_at: number;
  readonly user_id: UserId;
  readonly email: string;
  readonly email_verified: boolean;
  /** Of the password. */
  readonly password_epoch: number;
  /** The kinds that may be used. */
  readonly factors: readonly SecondFactor[];
  readonly has_app: boolean;
  readonly passkeys: number;
  /** Recovery codes that are left. */
  readonly codes: number;
  readonly sessions: number;
  readonly consents: number;
  readonly organizations: number;
  /** The organisation that is the first to ask for a second factor, where there is none, and from when on, in milliseconds. */
  readonly asked_by: string | null;
  readonly asked_from: number | null;
}

const countOf = (table: string, condition = 'true') =>
  `(select count(*) from ${table} t where t.user_id = caller.user_id and ${condition})`;

/** @returns null for a cookie that opens nothing, or no longer */
export async function findOwnAccount(
  database: Database,
  cookie: BrowserCookie,
  settings: RecencySettings & DemandSettings,
  now: Date,
): Promise<OwnAccount | null> {
  const [row] = await database.query<OwnAccount>(
    `
    with browser as (
      select s.session_id, u.user_id, s.idle_seconds, (extract(epoch from s.expires_at) * 1000)::bigint as session_ends_at
      from sessions s
      join users u using (user_id)
      where ${opensBrowser} and ${isLive}
    ),
    ${visited},
    caller as (select * from browser),
    ${stale}
    select
      caller.session_id,
      caller.idle_seconds,
      caller.session_ends_at,
      u.user_id,
      u.email,
      u.email_verified_at is not null as email_verified,
      ${profileColumns},
      ${staleAcr},
      ${isBelow('browsing', 'u', 'null')} as is_below,
      u.password_epoch,
      ${usableFactors('u', `${showedPassword('browsing')} and ${mailCounts('u')}`)} as factors,
      ${hasApp('u')} as has_app,
      ${countOf('factors', `t.kind = 'passkey'`)} as passkeys,
      coalesce(
        (select cardinality(f.code_hashes) from factors f where f.user_id = u.user_id and f.kind = 'recovery'),
        0
      ) as codes,
      (select count(*) from sessions s where s.user_id = u.user_id and ${isLive}) as sessions,
      ${countOf('consents')} as consents,
      ${countOf('memberships')} as organizations,
      asking.name as asked_by,
      (extract(epoch from asking.level_2_from) * 1000)::bigint as asked_from
    from caller
    join users u using (user_id)
    join sessions browsing using (session_id)
    left join lateral (
      select o.name, o.level_2_from
      from memberships m
      join organizations o using (org_id)
      where
        m.user_id = u.user_id
        and o.level_2_from is not null
        and (o.level_2_roles is null or o.level_2_roles && m.roles)
        and not ${hasSecondFactor('u')}
        and not ${mailCounts('u')}
      order by o.level_2_from
      limit 1
    ) asking on true`,
    {
      ...browserParameters(cookie),
      ...recencyParameters(settings),
      ...demandParameters(settings),
      ...mailParameters(settings),
      now,
    },
  );
  return row ?? null;
}
