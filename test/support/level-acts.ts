/** What the walk through all doors does, and what it expects of each (level-model.ts). */
import { expect } from 'vitest';
import {
  ACR,
  begin,
  check,
  HOUR,
  isDemanded,
  isUsed,
  type Level,
  levelNow,
  levelOf,
  type Model,
  mailCounts,
  pick,
  raise,
  type Session,
  seen,
  type World,
} from './level-model.ts';
import * as doors from './level-walk.ts';
import type { Answer } from './service.ts';

async function opened(door: string, base: Level, { answer, shown }: doors.Opened, model: Model, world: World) {
  const { walker, stage } = world;
  const { app, passkey } = has(walker);
  const needs = stage === 'required' || model.admin || isDemanded(walker.orgs.strict, model, world);
  const byMail = door === 'password' && mailCounts(model, world);
  const isAsked = base === 0 && (app || passkey ? needs || (stage !== 'off' && app) : needs && byMail);
  if (shown === 'email') expectMail(door, model, world);
  expect(shown !== null, `${door}: a second factor is asked for`).toBe(isAsked);
  if (shown === 'totp' && model.closed) {
    expect(answer.status, `${door}: a closed factor`).toBe(401);
    return;
  }
  expect(answer.status, `${door}: ${JSON.stringify(answer.body)}`).toBe(200);
  const session = begin(model, 'json', shown ? levelOf(shown) : base);
  session.refreshToken = answer.body.refresh_token;
  const enrols = session.level === 0 && isDemanded(world.first, model, world);
  expect(answer.body.enrolment_required === true, `${door}: enrols`).toBe(enrols);
  await check(answer.body.access_token, session, door, model, world);
}
/** Nowhere else is a mailed code asked for. */
function expectMail(door: string, model: Model, world: World): void {
  seen.add(`${door} by a mailed code`);
  expect(mailCounts(model, world), `${door}: a mailed code`).toBe(true);
}
const has = ({ methods }: doors.Walker) => ({ app: methods.includes('totp'), passkey: methods.includes('passkey') });

type Act = (model: Model, world: World, choice: number) => Promise<void>;
const isRefused = ({ status, body }: Answer) => status === 403 && body.code === 'REAUTHENTICATION_REQUIRED';

async function refresh(model: Model, world: World, choice: number, org?: string): Promise<void> {
  const session = pick(model, 'json', choice);
  if (!session) return;
  const { service } = world;
  const answer = await service.post('/v1/auth/refresh', { refresh_token: session.refreshToken, org_id: org });
  const door = org ? 'switch' : 'refresh';
  if (isRefused(answer)) {
    seen.add(`${door} refused`);
    expect(levelNow(session, model), `${door}: refused`).toBe(0);
    return;
  }
  expect(answer.status, `${door}: ${JSON.stringify(answer.body)}`).toBe(200);
  isUsed(session, model);
  session.refreshToken = answer.body.refresh_token;
  if (org) expect(doors.claimsOf(answer.body.access_token).org_id).toBe(org);
  await check(answer.body.access_token, session, door, model, world);
}

async function newBrowser(model: Model, world: World, choice: number): Promise<Session | null> {
  const signedIn = await doors.atBrowser(world.service, world.walker, choice);
  if (!signedIn) return null;
  if (signedIn.shown === 'email') expectMail('browser', model, world);
  return Object.assign(begin(model, 'browser', levelOf(signedIn.shown)), { browser: signedIn.browser });
}
/** One that is there, or a new one. */
const atBrowser = async (model: Model, world: World, choice: number) =>
  pick(model, 'browser', choice) ?? newBrowser(model, world, choice);

/** It was idle for too long, or ended otherwise. */
function isSignedOut(session: Session, model: Model): boolean {
  const isOut = session.browser?.location().startsWith('/sign-in') === true;
  if (isOut) model.sessions = model.sessions.filter((one) => one !== session);
  return isOut;
}

export const acts: Readonly<Record<string, Act>> = {
  password: async (model, world, choice) =>
    opened('password', 0, await doors.byPassword(world.service, world.walker, choice), model, world),
  async passkey(model, world) {
    if (has(world.walker).passkey) {
      await opened('passkey', 2, await doors.byPasskey(world.service, world.walker), model, world);
    }
  },
  refresh: (model, world, choice) => refresh(model, world, choice),
  toStrict: (model, world, choice) => refresh(model, world, choice, world.walker.orgs.strict),
  toOwn: (model, world, choice) => refresh(model, world, choice, world.walker.orgs.own),
  async again(model, world, choice) {
    if (!pick(model, 'json', choice)) await acts.password?.(model, world, choice);
    const session = pick(model, 'json', choice);
    if (!session) return;
    const { service, walker } = world;
    await refresh(model, world, choice);
    const typed = walker.methods.filter((method) => method !== 'passkey');
    const method = choice % 2 === 0 ? undefined : typed[choice % typed.length];
    const given = method ? { code: walker.codeOf(method) } : { password: walker.person.password };
    const authorization = `Bearer ${session.accessToken}`;
    const answer = await service.post('/v1/auth/reauthenticate', given, { authorization });
    if (answer.status !== 200) {
      // The access token of a session that may not be refreshed is over sooner or later; a closed factor is refused.
      expect(answer.status, JSON.stringify(answer.body)).toBe(401);
      return;
    }
    if (method) raise(session, levelOf(method), model);
    await check(answer.body.access_token, session, method ? 'factor again' : 'password again', model, world);
  },
  async changePassword(model, world, choice) {
    const session = pick(model, 'json', choice);
    if (!session) return;
    const { password } = world.walker.person;
    const sent = { current_password: password, new_password: password, renew_tokens: true };
    const authorization = `Bearer ${session.accessToken}`;
    const answer = await world.service.post('/v1/auth/change-password', sent, { authorization });
    if (answer.status !== 200) return;
    model.sessions = [session];
    if (levelNow(session, model) > 0) model.fromMail = false;
    session.refreshToken = answer.body.refresh_token;
    await check(answer.body.access_token, session, 'new password', model, world);
  },
  browser: async (model, world, choice) => void (await newBrowser(model, world, choice)),
  async page(model, world, choice) {
    const session = await atBrowser(model, world, choice);
    if (!session?.browser) return;
    const { status } = await session.browser.open('/account/profile');
    if (isSignedOut(session, model)) return;
    // They are the account's, and of no organisation.
    const isAsked = isDemanded(null, model, world);
    seen.add(`page ${status === 303 ? 'refused' : isAsked ? 'demanded' : 'free'}`);
    expect(status, 'a page of the account').toBe(isAsked && levelNow(session, model) === 0 ? 303 : 200);
    isUsed(session, model);
  },
  async code(model, world, choice) {
    const session = await atBrowser(model, world, choice);
    const browser = session?.browser;
    if (!session || !browser) return;
    const { service, client, walker } = world;
    const essential = (values: string[]) => ({
      claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }),
    });
    const wishes: readonly Record<string, string>[] = [
      {},
      { acr_values: ACR[1] },
      { acr_values: 'phr' },
      essential([ACR[1]]),
      essential(['phr']),
    ];
    const asked = wishes[choice % 5] as Record<string, string>;
    const silent: Record<string, string> = choice % 7 === 0 ? { prompt: 'none' } : {};
    await doors.authorize(browser, client, { ...asked, ...silent });
    if (isSignedOut(session, model)) return;
    isUsed(session, model);
    if (browser.location().startsWith('/second-factor')) {
      seen.add('code refused');
      const shown = await doors.showAtPage(service, browser, walker, choice);
      if (!shown) return;
      if (shown === 'email') expectMail('code', model, world);
      raise(session, levelOf(shown), model);
    }
    const code = await doors.toCode(browser);
    if (!code) return;
    const answer = await doors.exchange(service, client, code);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const { level, levelAt, levelUntil } = session;
    const given = begin(model, 'client', 0);
    Object.assign(given, { level, levelAt, levelUntil, refreshToken: answer.body.refresh_token });
    const door = asked.claims ? 'essential code' : asked.acr_values ? 'wished code' : 'code';
    await check(answer.body.access_token, given, door, model, world);
    const acr = ACR.indexOf(doors.claimsOf(answer.body.access_token).acr as (typeof ACR)[number]);
    if (asked.claims) expect(acr, 'an essential level').toBeGreaterThan(0);
    const { app, passkey } = has(walker);
    // Of what the person can reach.
    if (asked.acr_values === ACR[1] && !silent.prompt && (app || passkey)) {
      expect(acr, 'a wish within reach').toBeGreaterThan(0);
    }
    expect(doors.claimsOf(answer.body.id_token).acr).toBe(ACR[acr]);
  },
  async clientRefresh(model, world, choice) {
    if (!pick(model, 'client', choice)) await acts.code?.(model, world, choice);
    const session = pick(model, 'client', choice);
    if (!session) return;
    const answer = await doors.refreshAt(world.service, world.client, session.refreshToken);
    if (answer.status !== 200) {
      seen.add('client refresh refused');
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
      return;
    }
    isUsed(session, model);
    session.refreshToken = answer.body.refresh_token;
    await check(answer.body.access_token, session, 'client refresh', model, world);
  },
};

/** Each waits for a mail. */
export const mailed: Readonly<Record<string, Act>> = {
  mail: async (model, world, choice) =>
    opened('mail', 0, await doors.byMail(world.service, world.walker, choice), model, world),
  async resetPassword(model, world, choice) {
    await doors.resetPassword(world.service, world.walker);
    Object.assign(model, { sessions: [], closed: false, fromMail: true });
    await acts.password?.(model, world, choice);
  },
};

export const setters: Readonly<Record<string, Act>> = {
  async policy(model, { service, walker }, choice) {
    const from = model.now + (choice % 3 === 0 ? HOUR / 2 : -HOUR);
    const roles = [null, ['teacher'], ['pupil'], ['teacher', 'pupil']][choice % 4] as string[] | null;
    const isNone = choice % 5 === 0;
    model.policy = isNone ? null : { ofTeachers: roles === null || roles.includes('teacher'), from };
    await service.sql(
      `update organizations set level_2_roles = $2, level_2_from = now() + make_interval(secs => $3) where org_id = $1`,
      [walker.orgs.strict, roles, isNone ? null : from],
    );
  },
  async admin(model, { service, walker }) {
    model.admin = !model.admin;
    await service.sql('update users set platform_roles = $2 where user_id = $1', [
      walker.person.userId,
      model.admin ? ['admin'] : [],
    ]);
  },
  async closeApp(model, { service, walker }) {
    if (!has(walker).app) return;
    model.closed = true;
    await service.sql(`update factors set closed_at = now() where user_id = $1 and kind = 'totp'`, [
      walker.person.userId,
    ]);
  },
  async wait(_, { walker }, choice) {
    walker.wait([25 * 60, 70 * 60, 25 * HOUR][choice % 3] as number);
  },
};
