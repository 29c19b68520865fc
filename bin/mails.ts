/** Renders every mail in every language to a file, to be looked at: `npm run mails [folder]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { languages } from '../functions/domain/language.ts';
import type { TemplateId, Templates } from '../functions/domain/mail/content.ts';
import { notificationContent } from '../functions/domain/mail/notification.ts';
import { type RenderedMail, renderMail, renderTemplate } from '../functions/domain/mail/render.ts';
import { parseSettings } from '../lib/config.ts';

const folder = process.argv[2] ?? '.build/mails';
const brand = parseSettings({ stage: 'local' }).service.mail;
const time = new Date('2026-06-01T12:30:00Z');
const token = 'AQGTy8u'.repeat(14);

const examples: { readonly [T in TemplateId]: Omit<Templates[T], 'brand'> } = {
  verify_email: { url: `https://id.example.com/verify-email?token=${token}&lang=en`, until: time, isNew: true },
  reset_password: { url: `https://id.example.com/reset-password?token=${token}&lang=en`, until: time },
  welcome: {},
  password_changed: { at: time },
  password_reset: { at: time },
  account_locked: { until: time },
  session_reused: { at: time },
  already_registered: {},
  invitation: {
    organization: 'Ekskolan',
    url: `https://id.example.com/accept-invitation?token=${token}&lang=en`,
    until: time,
  },
  new_device: { at: time, device: 'Firefox on my laptop', ipAddress: '203.0.113.7' },
};
const notification = notificationContent({
  subject: 'Your receipt',
  body: 'Thank you.\n\nYour receipt is ready.',
  action_label: 'Open the receipt',
  action_url: 'https://app.example.com/receipts/1',
});

mkdirSync(folder, { recursive: true });
for (const language of languages) {
  for (const [template, values] of Object.entries(examples)) {
    write(template, language, renderTemplate(template as TemplateId, values as never, language, brand));
  }
  write('notification', language, renderMail(notification, language, brand));
}
console.log(`Mails in ${folder}`);

function write(template: string, language: string, { subject, html, text }: RenderedMail): void {
  writeFileSync(join(folder, `${template}.${language}.html`), html);
  writeFileSync(join(folder, `${template}.${language}.txt`), `Subject: ${subject}\n\n${text}`);
}
