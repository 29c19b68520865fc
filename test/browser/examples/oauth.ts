/** The pages that an application's request leads to. */
import type { RequestOptions } from '../../../functions/contracts/http/passkeys.ts';
import { accountsPage } from '../../../functions/routes/pages/accounts/page.ts';
import { consentPage } from '../../../functions/routes/pages/consent/page.ts';
import { deviceOutcomePage, devicePage } from '../../../functions/routes/pages/device/page.ts';
import {
  badRequestPage,
  cookiesOffPage,
  expiredRequestPage,
} from '../../../functions/routes/pages/request-error/page.ts';
import { secondFactorOverPage, secondFactorPage } from '../../../functions/routes/pages/second-factor/page.ts';
import { signInPage } from '../../../functions/routes/pages/sign-in/page.ts';
import { signedOutPage, signOutPage } from '../../../functions/routes/pages/sign-out/page.ts';
import type { Examples } from './examples.ts';
import { EMAIL, LONG_CLIENT } from './people.ts';

const form = {
  action: 'sign-in',
  hidden: { request: 'AQGTy8u'.repeat(40), form_token: 'Ab3dE'.repeat(8), lang: 'en' },
};
const inLanguage = (language: string) => `/sign-in?request=AQGTy8u&lang=${language}`;
const links = {
  forgotPassword: '/forgot-password?request=AQGTy8u',
  signUp: '/sign-up?request=AQGTy8u',
  byMail: '/sign-in-by-mail?request=AQGTy8u',
};
const client = { name: 'Klassboken' };
const passkeys = { options: 'https://id.school.example/v1/auth/passkeys/login-options' };
const otherWays = (['passkey', 'recovery'] as const).map((method) => ({
  method,
  href: `/second-factor?method=${method}`,
}));
const options = {
  challenge: 'AQGTy8u'.repeat(40),
  rpId: 'id.school.example',
  timeout: 300_000,
  userVerification: 'required',
  allowCredentials: [{ id: 'c0ffee', type: 'public-key', transports: ['internal'] }],
} as const satisfies RequestOptions;
const LOGO_FILE = 'https://id.school.example/assets/clients/Y19rbGFzc2Jva2Vu/logo.svg';

export const oauthPages: Examples = {
  'sign-in': (language) => signInPage({ language, inLanguage, form, links, client, passkeys }),
  'sign-in.wrong': (language) =>
    signInPage({
      language,
      inLanguage,
      form,
      links,
      client: { name: LONG_CLIENT, logo: LOGO_FILE },
      email: EMAIL,
      fault: 'wrong',
    }),
  'sign-in.alone': (language) => signInPage({ language, inLanguage, form, links, fault: { limitedSeconds: 300 } }),
  'sign-in.unknown-passkey': (language) =>
    signInPage({
      ...{ language, inLanguage, form, links, client, byPasskey: true, fault: 'unknown' },
      passkeys: { ...passkeys, unknown: '{"rpId":"id.school.example","credentialId":"AAAA"}' },
    }),
  'sign-in.confirm': (language) =>
    signInPage({
      ...{ language, inLanguage, form, client, passkeys },
      account: EMAIL,
      links: { ...links, otherAccount: '/accounts' },
    }),
  'second-factor': (language) =>
    secondFactorPage({ language, inLanguage, form, client, account: EMAIL, method: 'totp', others: otherWays }),
  'second-factor.passkey': (language) =>
    secondFactorPage({
      ...{ language, inLanguage, form, client, account: EMAIL, method: 'passkey', options, fault: 'wrong' },
      others: [{ method: 'totp', href: '/second-factor?method=totp' }],
    }),
  'second-factor.wrong': (language) =>
    secondFactorPage({
      ...{ language, inLanguage, form, account: EMAIL, method: 'recovery', fault: 'wrong' },
      client: { name: LONG_CLIENT, logo: LOGO_FILE },
      others: [{ method: 'totp', href: '/second-factor?method=totp' }],
    }),
  'second-factor.limited': (language) =>
    secondFactorPage({
      ...{ language, inLanguage, form, account: EMAIL, method: 'totp', others: [] },
      fault: { limitedSeconds: 300 },
    }),
  'second-factor.mail': (language) =>
    secondFactorPage({ language, inLanguage, form, client, account: EMAIL, method: 'email', others: [] }),
  'second-factor.mailed': (language) =>
    secondFactorPage({
      ...{ language, inLanguage, form, client, account: EMAIL, method: 'email', isMailed: true, fault: 'wrong' },
      others: otherWays,
    }),
  'second-factor.over': (language) => secondFactorOverPage({ language, inLanguage }, '/sign-in?request=AQGTy8u'),
  consent: (language) =>
    consentPage({
      ...{ language, inLanguage, form },
      client: {
        name: 'Klassboken',
        host: 'klassboken.example',
        logo: LOGO_FILE,
        termsUrl: 'https://klassboken.example/terms',
        privacyUrl: 'https://klassboken.example/privacy',
      },
      account: 'maria@norra-skolan.example',
      scopes: ['openid', 'profile', 'email'],
      answerGoesTo: 'app.klassboken.example',
      links: { otherAccount: '/accounts' },
    }),
  'consent.much': (language) =>
    consentPage({
      ...{ language, inLanguage, form },
      client: { name: LONG_CLIENT, host: 'xn--bedmningsstd-gcb3x.utbildningsforvaltningen.norra-skolan.example' },
      account: EMAIL,
      scopes: [
        'openid',
        'profile',
        'email',
        'org',
        'offline_access',
        'account',
        'essays:read-and-comment-on-everything',
      ],
      answerGoesTo: 'com.norra-skolan.bedomningsstodet',
    }),
  'consent.device': (language) =>
    consentPage({
      ...{ language, inLanguage, form },
      client: { name: 'Klassboken' },
      account: 'maria@norra-skolan.example',
      scopes: ['openid', 'profile', 'email'],
      answerGoesTo: 'id.school.example',
      device: {
        userCode: 'BCDF-GHJK',
        askedAt: new Date('2026-12-03T14:30:00Z'),
        ipAddress: '2001:0db8:85a3:1234:5678:8a2e:0370:7334',
        userAgent: 'Mozilla/5.0 (X11; Linux aarch64) Firefox/150.0',
      },
      links: { otherAccount: '/accounts' },
    }),
  device: (language) => devicePage({ language, inLanguage, form, userCode: '' }),
  'device.given': (language) => devicePage({ language, inLanguage, form, userCode: 'BCDF-GHJK' }),
  'device.unknown': (language) => devicePage({ language, inLanguage, form, userCode: 'BCDF-GHJK', fault: 'unknown' }),
  'device.limited': (language) =>
    devicePage({ language, inLanguage, form, userCode: 'BCDF-GHJK', fault: { limitedSeconds: 300 } }),
  'device.allowed': (language) => deviceOutcomePage(language, 'allowed'),
  'device.denied': (language) => deviceOutcomePage(language, 'denied'),
  'device.late': (language) => deviceOutcomePage(language, 'late'),
  'device.cancelled': (language) => deviceOutcomePage(language, 'cancelled'),
  accounts: (language) =>
    accountsPage({
      ...{ language, inLanguage, form },
      client: { ...client, logo: LOGO_FILE },
      accounts: [
        { value: '1', email: 'maria@norra-skolan.example', name: 'Maria Lindqvist' },
        { value: '2', email: EMAIL, name: 'Anna-Lena Storbacka Wallenqvist-Oxenstierna av Södermöre' },
        { value: '3', email: EMAIL },
      ],
    }),
  'sign-out': (language) => signOutPage({ language, inLanguage, form, client, account: EMAIL }),
  'signed-out': (language) => signedOutPage({ language, inLanguage, signIn: '/sign-in' }),
  'signed-out.back': (language) =>
    signedOutPage({
      ...{ language, inLanguage, signIn: '/sign-in' },
      back: { client: LONG_CLIENT, href: 'https://klassboken.example/' },
    }),
  'bad-request': (language) =>
    badRequestPage({
      ...{ language, inLanguage, fault: 'redirect_uri' },
      clientId: `https://klassboken.example/${'a'.repeat(300)}`,
      correlationId: '01a20d50-a8bb-7204-ba70-6b5b8d9bc00e',
    }),
  'expired-request': (language) => expiredRequestPage({ language, inLanguage, signIn: '/sign-in' }),
  'cookies-off': (language) => cookiesOffPage({ language, inLanguage, again: '/sign-in?request=AQGTy8u' }),
};
