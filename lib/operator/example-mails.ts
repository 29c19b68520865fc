/** Every mail with example values, for `npm run mails` and for the tests of the mails. */
import type { TemplateId, Templates } from '../../functions/domain/mail/content.ts';

const time = new Date('2026-06-01T12:30:00Z');
/** As long as a real token. */
const token = 'AQGTy8u'.repeat(14);
const link = (page: string) => `https://id.example.com/${page}?token=${token}&lang=en`;

export const exampleMails: { readonly [T in TemplateId]: Omit<Templates[T], 'brand'> } = {
  verify_email: {
    url: link('verify-email'),
    until: time,
    registration: 'Somebody registered this address at HuleEdu on 1 June 2026, from Firefox on Windows.',
    code: '020417',
    isNew: true,
  },
  reset_password: { url: link('reset-password'), until: time, registration: null },
  email_login: {
    url: link('sign-in-by-mail'),
    until: time,
    code: '020417',
    request: 'Somebody, hopefully you, wanted to sign in to HuleEdu on 1 June 2026, from Firefox on Windows.',
  },
  second_factor: {
    until: time,
    code: '020417',
    request: 'Somebody, hopefully you, wanted to sign in to HuleEdu on 1 June 2026, from Firefox on Windows.',
  },
  change_email: { url: link('change-email'), until: time, account: 'm…@oak.example' },
  address_taken: {},
  email_change_asked: { url: link('undo-email'), until: time, address: 'maria@home.example' },
  email_changed: { url: link('undo-email'), until: time, address: 'maria@home.example' },
  email_change_undone: {},
  factors_reset: { url: link('reset-factors'), until: time },
  welcome: {},
  password_changed: { at: time },
  password_reset: { at: time },
  account_locked: { until: time },
  session_reused: { at: time },
  already_registered: {},
  new_device: { at: time, device: 'Firefox on Ubuntu', ipAddress: '192.0.2.7' },
  passkey_copied: { at: time, device: 'Firefox on Ubuntu', ipAddress: '192.0.2.7' },
  factor_closed: { factor: 'totp', at: time },
  recovery_code_used: { at: time, left: 9 },
  factor_added: { factor: 'passkey', at: time },
  factor_removed: { factor: 'totp', at: time },
  invitation: {
    organization: 'Oak School',
    inviter: 'maria@oak.example',
    url: link('accept-invitation'),
    until: time,
  },
  service_verification: { url: 'https://app.example.com/verify' },
  service_password_reset: { url: 'https://app.example.com/reset' },
  service_welcome: { url: 'https://app.example.com/' },
};
