/** Signing in by mail, and setting up factors again after an administrator took them. */
import { describeLoginRequest } from '../../../functions/domain/registration.ts';
import { pages as pagesOf } from '../../../functions/http/page.ts';
import { restoreOverPage, restorePage } from '../../../functions/routes/pages/reset-factors/page.ts';
import {
  askPage,
  codePage,
  elsewherePage,
  herePage,
  overPage,
} from '../../../functions/routes/pages/sign-in-by-mail/page.ts';
import type { Examples } from './examples.ts';
import { EMAIL, LONG_CLIENT } from './people.ts';
import { stages } from './stage.ts';

const pages = pagesOf(stages.branded as NonNullable<typeof stages.branded>);
const form = { action: '/sign-in-by-mail', hidden: { form_token: 'Ab3dE'.repeat(8) } };
const client = { name: LONG_CLIENT };
const request = {
  at: new Date('2026-06-01T12:30:00Z'),
  ipAddress: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
};
const ask = { form, keepSignedIn: false, canCancel: false };
const code = { form, email: EMAIL, canCancel: false };
const restore = { form: { ...form, action: '/reset-factors' }, email: EMAIL };

export const byMailPages: Examples = {
  'sign-in-by-mail': (language) => askPage({ language, ...ask, links: { signIn: '/sign-in', signUp: undefined } }),
  'sign-in-by-mail.client': (language) =>
    askPage({
      language,
      ...ask,
      client,
      canCancel: true,
      email: 'x',
      fault: 'malformed',
      links: { signIn: undefined, signUp: '/sign-up' },
    }),
  'sign-in-by-mail.code': (language) => codePage({ language, ...code }),
  'sign-in-by-mail.wrong': (language) => codePage({ language, ...code, client, canCancel: true, fault: 'wrong' }),
  'sign-in-by-mail.limited': (language) => codePage({ language, ...code, fault: { limitedSeconds: 280 } }),
  'sign-in-by-mail.here': (language) => herePage({ language, form, email: EMAIL }),
  'sign-in-by-mail.elsewhere': (language) =>
    elsewherePage({ language, code: '020417', asked: describeLoginRequest(request, 'HuleEdu', language) }),
  'sign-in-by-mail.over': (language) => overPage({ language }, '/sign-in-by-mail'),
  'reset-factors': (language) => restorePage({ language, ...restore }),
  'reset-factors.wrong': (language) => restorePage({ language, ...restore, fault: 'wrong' }),
  'reset-factors.over': (language) => restoreOverPage(pages, language),
};
