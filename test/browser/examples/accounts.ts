/** The pages by which people come to an account, and back to it. */
import { forgotPasswordPage, resetSentPage } from '../../../functions/routes/pages/forgot-password/page.ts';
import { mailedPage } from '../../../functions/routes/pages/sign-up/mailed.ts';
import { signUpPage } from '../../../functions/routes/pages/sign-up/page.ts';
import type { Examples } from './examples.ts';
import { EMAIL, LONG_CLIENT } from './people.ts';

const form = { action: 'sign-up', hidden: { request: 'AQGTy8u'.repeat(40), form_token: 'Ab3dE'.repeat(8) } };
const inLanguage = (language: string) => `/sign-up?request=AQGTy8u&lang=${language}`;
const links = { signIn: '/sign-in?request=AQGTy8u', signUp: '/sign-up', again: '/forgot-password' };
const passwordMinLength = 12;

export const accountPages: Examples = {
  'sign-up': (language) =>
    signUpPage({ language, inLanguage, form, links, passwordMinLength, client: { name: 'Klassboken' } }),
  'sign-up.refused': (language) =>
    signUpPage({
      ...{ language, inLanguage, form, links, passwordMinLength },
      client: { name: LONG_CLIENT },
      asksFor: ['name', 'organization'],
      typed: { email: EMAIL, first_name: 'Anna-Lena', last_name: 'Storbacka', organization_name: 'Norra skolan' },
      faults: { email: 'unsendable', password: 'common', names: { last_name: 'notShown' } },
    }),
  'sign-up.limited': (language) =>
    signUpPage({
      ...{ language, inLanguage, form, links, passwordMinLength },
      typed: { email: EMAIL },
      fault: { limitedSeconds: 3600 },
    }),
  'sign-up.mailed': (language) =>
    mailedPage({
      language,
      inLanguage,
      form,
      links,
      email: EMAIL,
      linkSeconds: 86_400,
      takesCode: true,
      isWrong: true,
    }),
  'sign-up.mailed-again': (language) =>
    mailedPage({ language, inLanguage, form, links, email: EMAIL, linkSeconds: 86_400, isSentAgain: true }),
  'forgot-password': (language) => forgotPasswordPage({ language, inLanguage, form, links, canCancel: true }),
  'forgot-password.refused': (language) =>
    forgotPasswordPage({ language, inLanguage, form, links, email: 'anna-lena@', fault: 'malformed' }),
  'forgot-password.sent': (language) => resetSentPage({ language, inLanguage, links, email: EMAIL, linkSeconds: 3600 }),
};
