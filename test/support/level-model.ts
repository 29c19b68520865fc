/** The model that the walk through all doors is held against (service/levels-model.test.ts). */
import { expect } from 'vitest';
import type { VerifiedClaims, Verify } from '../../functions/packages/verify/index.ts';
import type { TestClient } from './clients.ts';
import * as doors from './level-walk.ts';
import type { Visitor } from './page-visitor.ts';
import type { Service } from './service.ts';

/**
 * A model of levels without SQL: what was shown in each session, and when; and what stage, organisation and platform
 * demand. Random walks through all doors must find no token above what was shown, none that avoids what is demanded, and
 * no refusal where nothing is missing (S86).
 */
export const HOUR = 60 * 60;
const DAY = 24 * HOUR;
export const ACR = ['urn:identity:acr:1', 'urn:identity:acr:2', 'phr'] as const;
/** Index of ACR. */
export type Level = 0 | 1 | 2;
export type Stage = 'off' | 'optional' | 'required';

/** Whether the stage takes a mailed code beside the password for a second factor. */
export type Mail = 'off' | 'level2';

export interface Session {
  readonly door: 'json' | 'client' | 'browser';
  /** What the second factor gave, when it was shown, and until when that counts. */
  level: Level;
  levelAt: number;
  levelUntil: number;
  refreshToken: string;
  accessToken: string;
  browser: Visitor | null;
}
export interface Model {
  readonly now: number;
  sessions: Session[];
  admin: boolean;
  /** Of the organisation that may be strict; null: it asks nobody. */
  policy: { readonly ofTeachers: boolean; readonly from: number } | null;
  closed: boolean;
  /** The password was set by a mailed link. */
  fromMail: boolean;
}
export interface World {
  readonly stage: Stage;
  readonly mail: Mail;
  readonly service: Service;
  readonly client: TestClient;
  readonly walker: doors.Walker;
  readonly first: string;
  readonly verify: Verify;
}

/** By door: whether something was given where level 2 was demanded, and where it was not; and what was withheld. */
export const seen = new Set<string>();

export const levelNow = (session: Session, { now }: Model): Level => (session.levelUntil > now ? session.level : 0);
export const isDemanded = (org: string | null, { admin, policy, now }: Model, { stage, walker }: World) =>
  stage === 'required' ||
  admin ||
  (org === walker.orgs.strict && policy !== null && policy.ofTeachers && policy.from <= now);
/** A mailed code may be shown beside the password. */
export const mailCounts = ({ admin, fromMail }: Model, { mail }: World) => mail === 'level2' && !admin && !fromMail;
export const isUsed = (session: Session, { now }: Model) => {
  if (session.levelUntil > now) session.levelUntil = Math.min(session.levelAt + DAY, now + HOUR);
};
export const levelOf = (shown: doors.Method | null): Level => (shown === null ? 0 : shown === 'passkey' ? 2 : 1);
export const raise = (session: Session, level: Level, { now }: Model) =>
  Object.assign(session, { level, levelAt: now, levelUntil: now + HOUR });

export function begin(model: Model, door: Session['door'], level: Level): Session {
  const session = {
    door,
    level: 0,
    levelAt: 0,
    levelUntil: 0,
    refreshToken: '',
    accessToken: '',
    browser: null,
  } as const;
  const begun: Session = { ...session };
  if (level > 0) raise(begun, level, model);
  model.sessions.push(begun);
  return begun;
}
export const pick = (model: Model, door: Session['door'], index: number) => {
  const those = model.sessions.filter((session) => session.door === door);
  return those[index % those.length];
};

/** A token may say at most what its session has shown; what is demanded for its organisation, the session has. */
export async function check(token: string, session: Session, door: string, model: Model, world: World): Promise<void> {
  const { service } = world;
  session.accessToken = token;
  const claims = doors.claimsOf(token);
  const proved = levelNow(session, model);
  const acr = ACR.indexOf(claims.acr as (typeof ACR)[number]);
  expect(acr, `${door}: acr`).toBeGreaterThanOrEqual(0);
  expect(acr, `${door}: acr`).toBeLessThanOrEqual(proved);
  const enrolsOnly = claims.aud === service.url;
  const isAsked = isDemanded(claims.org_id, model, world);
  seen.add(`${door} ${enrolsOnly ? 'enrols' : isAsked ? 'demanded' : 'free'}`);
  if (enrolsOnly) {
    expect([claims.org_id, claims.roles, acr], `${door}: enrols only`).toEqual([null, [], 0]);
    expect(isDemanded(world.walker.orgs.strict, model, world), `${door}: enrols for nothing`).toBe(true);
  } else if (isAsked) {
    expect(proved, `${door}: demanded and not shown`).toBeGreaterThan(0);
  }
  expect(await introspect(session, world), `${door}: introspection`).toMatchObject(
    enrolsOnly ? { active: false } : { active: true, org_id: claims.org_id },
  );
  for (const [index, wanted] of ACR.entries()) {
    const verified: VerifiedClaims | null = await world.verify(token, { acr: wanted }).catch(() => null);
    expect(verified !== null, `${door}: the verifier, of ${wanted}`).toBe(!enrolsOnly && acr >= index);
  }
}

const introspect = async ({ accessToken: token }: Session, { service }: World) =>
  (await service.post('/v1/auth/introspect', { token }, service.iamHeaders)).body;

/** What introspection says later of a token that was given before. */
export async function recheck(session: Session, model: Model, world: World): Promise<void> {
  if (session.accessToken === '' || !(await introspect(session, world)).active) return;
  const { org_id } = doors.claimsOf(session.accessToken);
  expect(levelNow(session, model) > 0 || !isDemanded(org_id, model, world), 'introspection, later').toBe(true);
}
