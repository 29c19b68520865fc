/** The pages of the account. What the database would answer stands here. */
import { renderSVG } from 'uqr';
import type { Language } from '../../../functions/domain/language.ts';
import { Problem } from '../../../functions/domain/problem.ts';
import { applications } from '../../../functions/routes/pages/account/applications.ts';
import { type Area, questionSection, type Section, type Visit } from '../../../functions/routes/pages/account/area.ts';
import { authenticator, setUpSection } from '../../../functions/routes/pages/account/authenticator.ts';
import { confirmArea } from '../../../functions/routes/pages/account/confirm.ts';
import { deletion } from '../../../functions/routes/pages/account/delete.ts';
import { exportArea } from '../../../functions/routes/pages/account/export.ts';
import { framed, pathOf } from '../../../functions/routes/pages/account/frame.ts';
import { organizations } from '../../../functions/routes/pages/account/organizations.ts';
import { overview } from '../../../functions/routes/pages/account/overview.ts';
import { madeSection, passkeyOffer } from '../../../functions/routes/pages/account/passkey-offer.ts';
import { passkeys } from '../../../functions/routes/pages/account/passkeys.ts';
import { passwordArea } from '../../../functions/routes/pages/account/password.ts';
import { policy } from '../../../functions/routes/pages/account/policy.ts';
import { profile } from '../../../functions/routes/pages/account/profile.ts';
import { codesSection, recoveryCodes } from '../../../functions/routes/pages/account/recovery-codes.ts';
import { sessions } from '../../../functions/routes/pages/account/sessions.ts';
import { pageAddress } from '../../../functions/routes/pages/carried.ts';
import type { OwnAccount } from '../../../functions/store/account-overview.ts';
import type { Examples } from './examples.ts';
import { EMAIL, LONG_CLIENT } from './people.ts';
import { stages } from './stage.ts';

const account = {
  session_id: '01a20d50-a8bb-7204-ba70-6b5b8d9bc00e',
  user_id: '01a20d50-a8bb-7204-ba70-6b5b8d9bc00f',
  email: EMAIL,
  email_verified: true,
  first_name: 'Anna-Lena',
  last_name: 'Storbacka Wallenqvist-Oxenstierna av Södermöre',
  legal_full_name: null,
  display_name: null,
  locale: 'sv',
  idle_seconds: 3600,
  session_ends_at: 0,
  password_epoch: 0,
  factors: ['totp'],
  has_app: true,
  passkeys: 2,
  codes: 7,
  sessions: 3,
  consents: 2,
  organizations: 1,
  stale_acr: null,
  is_below: false,
  asked_by: null,
  asked_from: null,
} as unknown as OwnAccount;

const SCHOOL = 'Utbildningsförvaltningen i Norra kommunen';
const at = Date.parse('2026-12-03T14:30:00Z');
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const session = {
  device_name: null,
  user_agent: WINDOWS,
  ip_address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  created_at: at,
  last_seen_at: at,
  expires_at: at,
  kind: 'browser',
  client_id: null,
  client_name: null,
};
const id = (last: number) => `01a20d50-a8bb-7204-ba70-6b5b8d9bc0${last}`;
const passkey = {
  ...{ webauthn_id: Buffer.alloc(32), credential_id: 'c0ffee', created_at: at, last_used_at: at, can_sync: true },
  ...{ verdict: 'admitted', email: EMAIL, passkeys: '[]' },
};
const rows: Readonly<Record<string, readonly object[]>> = {
  sessions: [
    { ...session, total_count: 3, session_id: account.session_id },
    { ...session, total_count: 3, session_id: id(10), kind: 'client', client_id: 'c', client_name: LONG_CLIENT },
    {
      ...session,
      total_count: 3,
      session_id: id(11),
      kind: 'api',
      device_name: 'Anna-Lenas telefon',
      ip_address: '192.0.2.7',
    },
  ],
  applications: [
    {
      consent_id: id(12),
      client_id: 'c',
      client_name: LONG_CLIENT,
      client_uri: 'https://klassboken.example/',
      scopes: ['openid', 'email', 'offline_access', 'essays:read-and-comment-on-everything'],
      resources: [],
      given_at: at,
    },
  ],
  // What lists them, and what another one is made by.
  passkeys: [
    { ...passkey, passkey_id: id(14), name: 'iCloud Keychain', synced: true },
    { ...passkey, passkey_id: id(15), name: null, last_used_at: null, synced: false },
    { ...passkey, passkey_id: id(12), name: 'Den-mycket-gamla-datorn-i-lärarrummet-på-andra-våningen', synced: false },
  ],
  policy: [
    { verdict: 'allowed', name: 'Norra skolan', level_2_roles: ['teacher'], level_2_from: at, shared_devices: true },
  ],
  organizations: [{ org_id: id(13), name: SCHOOL, roles: ['owner', 'teacher'] }],
};

const query = { request: '', invitation: '', lang: '', ask: '', id: '', done: '', cursor: '', to: '' };

function visitOf(language: Language, page: string, more: Partial<Visit> = {}): Visit {
  return {
    request: { context: { now: new Date(at) } } as Visit['request'],
    language,
    account,
    caller: { sub: account.user_id, sid: account.session_id },
    query,
    form: { action: pathOf(page), hidden: { form_token: 'Ab3dE'.repeat(8) } },
    at: (other, fields = {}) => pageAddress(pathOf(other), fields),
    ...more,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: each area has needs of its own.
async function shown(area: Area<any>, page: string, language: Language, more: Partial<Visit> = {}, fault?: Problem) {
  const passkeyChallenges = { seal: async () => 'AQGTy8u'.repeat(20) };
  const needs = { settings: stages.plain, passkeyChallenges, database: { query: async () => rows[page] ?? [] } };
  const visit = visitOf(language, page, more);
  const question = area.asks?.(language)[visit.query.ask];
  const section = question ? questionSection(visit, pathOf(page), question) : await area.show(needs, visit, fault);
  return framed(visit, section, { page, done: area.done?.(language)[visit.query.done] });
}

const bare = {
  ...account,
  has_app: false,
  passkeys: 0,
  codes: 0,
  email_verified: false,
  first_name: null,
  locale: null,
};
const asks = (ask: string) => ({ query: { ...query, ask, id: id(12) } });
const done = (what: string) => ({ query: { ...query, done: what } });
const once = (page: string, language: Language, make: (visit: Visit) => Section) => {
  const visit = visitOf(language, page);
  return framed(visit, make(visit), { page });
};
const wrongCode = new Problem('VALIDATION_ERROR');

export const ownAccountPages: Examples = {
  account: (language) => shown(overview, '', language),
  'account.new': (language) => shown(overview, '', language, { account: bare }),
  'account.asked': (language) =>
    shown(overview, '', language, { account: { ...bare, asked_by: SCHOOL, asked_from: at } }),
  'account.profile': (language) => shown(profile, 'profile', language, done('saved')),
  'account.profile.refused': (language) => shown(profile, 'profile', language, { account: bare }, wrongCode),
  'account.sessions': (language) => shown(sessions, 'sessions', language),
  'account.sessions.ask': (language) => shown(sessions, 'sessions', language, asks('end-others')),
  'account.applications': (language) => shown(applications, 'applications', language),
  'account.applications.ask': (language) => shown(applications, 'applications', language, asks('withdraw')),
  'account.organizations': (language) => shown(organizations, 'organizations', language, {}, new Problem('CONFLICT')),
  'account.policy': (language) => shown(policy, 'policy', language, { query: { ...query, id: id(13) } }),
  'account.policy.refused': (language) =>
    shown(policy, 'policy', language, { query: { ...query, id: id(13) } }, new Problem('VALIDATION_ERROR')),
  'account.passkeys': (language) => shown(passkeys, 'passkeys', language, done('added')),
  'account.passkeys.stale': (language) =>
    shown(passkeys, 'passkeys', language, { account: { ...account, stale_acr: 'urn:identity:acr:2' } }),
  'account.passkeys.ask': (language) =>
    shown(passkeys, 'passkeys', language, { ...asks('remove'), account: { ...account, has_app: false, passkeys: 1 } }),
  'account.passkeys.rename': (language) => shown(passkeys, 'passkeys', language, asks('rename')),
  'account.passkey-offer': (language) =>
    shown(passkeyOffer, 'passkeys', language, { account: { ...account, passkeys: 0 } }),
  'account.passkey-offer.made': (language) => once('passkey-offer', language, madeSection),
  'account.authenticator': (language) => shown(authenticator, 'authenticator', language),
  'account.authenticator.none': (language) => shown(authenticator, 'authenticator', language, { account: bare }),
  'account.authenticator.set-up': (language) =>
    once('authenticator', language, (visit) =>
      setUpSection(visit, {
        secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        qr: renderSVG(
          `otpauth://totp/Norra%20skolan:${EMAIL}?issuer=Norra%20skolan&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP`,
          {
            border: 4,
          },
        ),
      }),
    ),
  'account.authenticator.wrong': (language) => shown(authenticator, 'authenticator', language, {}, wrongCode),
  'account.recovery-codes': (language) => shown(recoveryCodes, 'recovery-codes', language, done('app')),
  'account.recovery-codes.none': (language) => shown(recoveryCodes, 'recovery-codes', language, { account: bare }),
  'account.recovery-codes.made': (language) =>
    once('recovery-codes', language, (visit) => codesSection(visit, Array(10).fill('ABCD-EFGH-JKMN-PQRS'))),
  'account.export': (language) => shown(exportArea, 'export', language),
  'account.confirm': (language) => shown(confirmArea, 'confirm', language, {}, new Problem('INVALID_CREDENTIALS')),
  'account.password': (language) =>
    shown(passwordArea, 'password', language, {}, new Problem('PASSWORD_REJECTED', { fault: 'common' })),
  'account.delete': (language) => shown(deletion, 'delete', language),
};
