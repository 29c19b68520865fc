/** The pages behind mailed links. */
import type { Language } from '../../../functions/domain/language.ts';
import { pages as pagesOf } from '../../../functions/http/page.ts';
import {
  invitationElsewherePage,
  invitationOverPage,
  invitationPage,
  joinedPage,
} from '../../../functions/routes/pages/accept-invitation/page.ts';
import { changePage, outcomePage } from '../../../functions/routes/pages/change-email/page.ts';
import { overPage, resetForm } from '../../../functions/routes/pages/reset-password/form.ts';
import { texts as resetTexts } from '../../../functions/routes/pages/reset-password/texts.ts';
import { verificationPage } from '../../../functions/routes/pages/verify-email/form.ts';
import { texts as verifyTexts } from '../../../functions/routes/pages/verify-email/texts.ts';
import type { LinkState } from '../../../functions/store/one-time-tokens.ts';
import type { Examples } from './examples.ts';
import { EMAIL } from './people.ts';
import { stages } from './stage.ts';

const settings = stages.branded as NonNullable<typeof stages.branded>;
const pages = pagesOf(settings);
const token = 'AQGTy8u'.repeat(14);
const state = {
  live: true,
  used: false,
  expired: false,
  proved: false,
  email: EMAIL,
  registered_at: Date.parse('2026-06-01T12:30:00Z'),
  registered_ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  registered_user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
} as LinkState;
const invited = {
  organization: 'Utbildningsförvaltningen i Norra kommunen',
  inviter: 'maria@norra-skolan.example',
  email: EMAIL,
};
const links = { signIn: '/sign-in', signUp: '/sign-up' };
const form = { action: 'accept-invitation', hidden: { token, form_token: 'Ab3dE'.repeat(8) } };
const moving = { standing: 'pending', old_email: EMAIL, new_email: 'maria@norra-skolan.example' } as const;
const registrant = { pages, settings: { ...settings, verification: 'registrant' as const } };

export const linkPages: Examples = {
  'reset-password': (language) => resetForm(settings, language, token, { email: EMAIL }),
  'reset-password.refused': (language) => resetForm(settings, language, token, { email: EMAIL, fault: 'address' }),
  'reset-password.expired': (language) => overPage(pages, language, token, { ...state, live: false, expired: true }),
  'reset-password.done': (language) => pages.result(language, resetTexts[language].done),
  'verify-email': (language) => verificationPage({ pages, settings }, language, token, state),
  'verify-email.registrant': (language) =>
    verificationPage(registrant, language, token, state, verifyTexts[language].ask.wrongPassword),
  'verify-email.done': (language) => pages.result(language, verifyTexts[language].done),
  'verify-email.late': (language: Language) => pages.result(language, verifyTexts[language].late),
  'change-email': (language) => changePage(pages, { language, purpose: 'change_email', token, change: moving }),
  'change-email.changed': (language) => outcomePage(pages, language, 'changed'),
  'undo-email': (language) => changePage(pages, { language, purpose: 'undo_email', token, change: moving }),
  'undo-email.after': (language) =>
    changePage(pages, { language, purpose: 'undo_email', token, change: { ...moving, standing: 'changed' } }),
  'undo-email.undone': (language) => outcomePage(pages, language, 'undone'),
  invitation: (language) => invitationPage({ language, form, ...invited }),
  'invitation.nobody': (language) => invitationElsewherePage({ language, links, ...invited }),
  'invitation.other': (language) =>
    invitationElsewherePage({
      language,
      links: { signIn: '/accounts' },
      account: 'maria@norra-skolan.example',
      ...invited,
    }),
  'invitation.joined': (language) => joinedPage({ language, next: pages.leadOn(language), ...invited }),
  'invitation.expired': (language) => invitationOverPage({ language }, 'expired', pages.leadOn(language)),
};
