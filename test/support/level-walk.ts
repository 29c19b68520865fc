/** Somebody who goes through the doors of the service, for the walk over all of them (service/levels-model.test.ts). */
import { decodeJwt } from 'jose';
import type { TestClient } from './clients.ts';
import { type App, giveApp, giveRecoveryCodes } from './factors.ts';
import { challengeOf, exchange, refresh as refreshAt, verifier } from './grants.ts';
import { mailedCode, mailedToken } from './mailbox.ts';
import { signInByMail } from './mailed-logins.ts';
import { authorizeQuery } from './oauth.ts';
import { proveAddress } from './organizations.ts';
import { follow, type Visitor, visitor } from './page-visitor.ts';
import { givePasskey, type OwnPasskey, passkeyLogin } from './passkeys.ts';
import { type Person, registerAndLogin } from './people.ts';
import type { Answer, Service } from './service.ts';

export type Method = 'passkey' | 'totp' | 'recovery' | 'email';
export interface Factors {
  readonly app: boolean;
  readonly passkey: boolean;
  readonly codes: boolean;
}

export interface Walker {
  readonly person: Person;
  readonly methods: readonly Method[];
  /** What it asks of its teachers, and of others, the walk decides; nothing is asked in their own. */
  readonly orgs: { readonly strict: string; readonly own: string };
  readonly codeOf: (method: Method) => string;
  readonly passkey: OwnPasskey | null;
  /** Seconds since the walk began, by the service's clock. */
  readonly now: () => number;
  readonly wait: (seconds: number) => void;
}

/** Seconds. */
const TO_NEXT_CODE = 91;

/** A person with factors, teacher of an organisation that may become strict, and owner of another. */
export async function newWalker(service: Service, factors: Factors, strictFirst: boolean): Promise<Walker> {
  let clock = 0;
  const wait = (seconds: number) => {
    clock += seconds;
    service.setClockOffset(clock);
  };
  wait(0);
  const person = await registerAndLogin(service);
  await proveAddress(service, person);
  const passkey = factors.passkey ? await givePasskey(service, person) : null;
  const app: App | null = factors.app ? await giveApp(service, person.userId, () => clock) : null;
  const codes = factors.codes ? await giveRecoveryCodes(service, person.userId) : [];
  const organization = async (role: string, joined: number) => {
    const [org] = await service.sql(
      `with made as (
        insert into organizations (org_id, name, created_at) values (gen_random_uuid(), 'School', now()) returning org_id
      )
      insert into memberships (org_id, user_id, roles, created_at)
      select org_id, $1, array[$2], now() + make_interval(secs => $3) from made
      returning org_id::text`,
      [person.userId, role, joined],
    );
    return org?.org_id as string;
  };
  const own = await organization('owner', 0);
  const strict = await organization('teacher', strictFirst ? -1 : 1);
  return {
    person,
    methods: [
      ...(passkey ? ['passkey' as const] : []),
      ...(app ? ['totp' as const] : []),
      ...(codes.length > 0 ? ['recovery' as const] : []),
    ],
    orgs: { strict, own },
    codeOf(method) {
      if (method === 'recovery') return codes.pop() ?? '';
      // Each code counts once. The second is of this very step: the first would be over if the next began now.
      wait(TO_NEXT_CODE);
      app?.code();
      return app?.code() ?? '';
    },
    passkey,
    now: () => clock,
    wait,
  };
}

/** What a door at `/v1` gave at once, or after the factor that it asked for. */
export interface Opened {
  readonly answer: Answer;
  /** Shown beside what the door is about; null where no more was asked for. */
  readonly shown: Method | null;
}

/** The newest, of a walker whose clock moves: by its place among the mails. */
const codeMailed = (service: Service, { person: { email } }: Walker) => mailedCode(service, email, 'second_factor');

/** @param wanted which of the factors that are asked for is shown; the next one where it is not among them */
async function showMore(service: Service, walker: Walker, answer: Answer, wanted: number): Promise<Opened> {
  if (answer.body.code !== 'SECOND_FACTOR_REQUIRED') return { answer, shown: null };
  const methods = answer.body.methods as Method[];
  const shown = methods[wanted % methods.length] as Method;
  const { mfa_token } = answer.body;
  if (shown === 'email') await service.post('/v1/auth/second-factor/email-code', { mfa_token });
  const given =
    shown === 'passkey'
      ? { assertion: walker.passkey?.assertion(answer.body.passkey_options.challenge) }
      : { code: shown === 'email' ? await codeMailed(service, walker) : walker.codeOf(shown) };
  const more = { mfa_token, method: shown, ...given };
  return { answer: await service.post('/v1/auth/second-factor', more), shown };
}

export const byPassword = async (service: Service, walker: Walker, wanted: number) => {
  const { email, password } = walker.person;
  return showMore(service, walker, await service.post('/v1/auth/login', { email, password }), wanted);
};

export const byMail = async (service: Service, walker: Walker, wanted: number) =>
  showMore(service, walker, await signInByMail(service, walker.person.email), wanted);

export const byPasskey = async (service: Service, { passkey }: Walker): Promise<Opened> => ({
  answer: await passkeyLogin(service, passkey as OwnPasskey),
  shown: null,
});

/** Sets the same password by a mailed link. */
export async function resetPassword(service: Service, { person: { email, password } }: Walker): Promise<void> {
  await service.post('/v1/auth/request-password-reset', { email });
  const token = await mailedToken(service, email, 'reset_password');
  const { status } = await service.post('/v1/auth/reset-password', { token, new_password: password });
  if (status !== 200) throw new Error(`reset-password answered ${status}`);
}

/** Signs in at the pages. @returns null where what was asked for is not shown */
export async function atBrowser(
  service: Service,
  walker: Walker,
  wanted: number,
): Promise<{ readonly browser: Visitor; readonly shown: Method | null } | null> {
  const browser = visitor(service);
  const { email, password } = walker.person;
  await browser.open('/sign-in?other=true');
  await browser.submit({ email, password, keep_signed_in: 'true' });
  if (!browser.location().startsWith('/second-factor')) return { browser, shown: null };
  const shown = await showAtPage(service, browser, walker, wanted);
  return browser.cookies.has('identity') ? { browser, shown } : null;
}

/** The page takes what is typed. @returns which factor was right; null where none can be, or it was refused */
export async function showAtPage(
  service: Service,
  browser: Visitor,
  walker: Walker,
  wanted: number,
): Promise<Method | null> {
  const address = browser.location();
  const page = String((await browser.open(address)).body);
  const byMail = page.includes('id="email"') || browser.heading() === 'Confirm by e-mail';
  const typed = [...walker.methods.filter((one) => one !== 'passkey'), ...(byMail ? ['email' as const] : [])];
  const method = typed[wanted % typed.length];
  if (!method) return null;
  await browser.open(`${address}${address.includes('?') ? '&' : '?'}method=${method}`);
  if (method === 'email') {
    await browser.submit({ mail: 'true' });
    return (await browser.submit({ code: await codeMailed(service, walker) })).status === 303 ? method : null;
  }
  const { status } = await browser.submit({ code: walker.codeOf(method) });
  return status === 303 ? method : null;
}

/** Asks for a code. @returns where it ends: the client's address, with a code or an error, or a page of ours */
export async function authorize(browser: Visitor, client: TestClient, more: Readonly<Record<string, string>>) {
  await browser.open(
    `/oauth/authorize?${authorizeQuery(client, { code_challenge: challengeOf(verifier), scope: 'openid', ...more })}`,
  );
  return browser.location();
}

export const toCode = async (browser: Visitor) =>
  new URL((await follow(browser)) || browser.location(), 'https://own.invalid').searchParams.get('code');

export { exchange, refreshAt };

export const claimsOf = (token: string) =>
  decodeJwt<{ sid: string; aud: string; acr: string; amr: string[]; org_id: string | null; roles: string[] }>(token);
