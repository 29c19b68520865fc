/** The texts of mails, without sending them. */
import { describe, expect, it } from 'vitest';
import type { TokenId, UserId } from '../../functions/domain/ids.ts';
import { type Language, languages } from '../../functions/domain/language.ts';
import { compose, isSilent, type MailEvent, type Recipient } from '../../functions/domain/mail/compose.ts';
import type { TemplateId } from '../../functions/domain/mail/content.ts';
import { renderTemplate } from '../../functions/domain/mail/render.ts';
import { Undeliverable } from '../../functions/domain/mail/undeliverable.ts';
import { exampleMails } from '../../lib/operator/example-mails.ts';
import { parseSettings } from '../../lib/service/config.ts';

const brand = parseSettings({ stage: 'test' }).service.mail;
const time = new Date('2026-06-01T12:30:00Z');
const url = 'https://id.example/verify-email?token=abc&lang=en';

const cases = languages.flatMap((language) =>
  (Object.keys(exampleMails) as TemplateId[]).map((template) => ({ template, language })),
);
const render = (template: TemplateId, language: Language) =>
  renderTemplate(template, exampleMails[template] as never, language, brand);

describe.each(cases)('the mail $template in $language', ({ template, language }) => {
  const mail = render(template, language);

  it('says the same in HTML and in plain text', () => {
    const inHtml = textOf(mail.html);
    for (const line of mail.text.split('\n').filter((text) => text !== '' && text !== '-- ')) {
      expect(inHtml).toContain(line.replace(/:$/, ''));
    }
  });

  it('loads nothing from elsewhere', () => {
    expect(mail.html).not.toMatch(/<(img|link|script|iframe|object)\b|url\(|@import|\bsrc=/i);
  });

  it('is in its language, with every variable filled in', () => {
    expect(mail.html).toContain(`<html lang="${language}">`);
    expect(`${mail.subject}${mail.html}${mail.text}`).not.toMatch(/undefined|null|\$\{|\[object|Invalid Date|NaN/);
  });
});

describe('languages', () => {
  it('are two, and neither has a text of the other', () => {
    for (const template of Object.keys(exampleMails) as TemplateId[]) {
      expect(render(template, 'sv').subject).not.toBe(render(template, 'en').subject);
      expect(render(template, 'sv').text).toMatch(/[åäö]/);
      expect(render(template, 'en').text).not.toMatch(/[åäö]/);
    }
  });
});

describe('from an event to its mail', () => {
  const user_id = '0197f3a0-0000-7000-8000-000000000001' as UserId;
  const link = {
    purpose: 'verify_email',
    token_id: '0197f3a0-0000-7000-8000-000000000002' as TokenId,
    user_id,
    expires_at: '2026-06-02T12:30:00.000Z',
  } as const;
  const recipient: Recipient = {
    email: 'a@example.com',
    locale: 'sv-FI',
    is_new: true,
    verification_due: true,
    locked_by_administrator: false,
    link,
    invitation: null,
    change: null,
    unproved: { registered_at: time.getTime(), registered_ip: '192.0.2.7', registered_user_agent: null },
  };
  const event = (event_type: MailEvent['event_type'], data: object) => ({ event_type, data }) as MailEvent;
  const composer = { brand, now: time, linkTo: () => url, codeOf: () => '020417', loginCodeOf: () => '020417' };
  const requested = event('huleedu.identity.email.verification.requested.v1', { user_id });

  it('speaks the language of the account', () => {
    expect(compose(requested, recipient, composer)?.subject).toContain('Välkommen');
  });

  it('is a welcome only with the link of the registration itself', () => {
    const again = compose(requested, { ...recipient, is_new: false, locale: 'en' }, composer);
    expect(again?.subject).not.toContain('Welcome');
    expect(again?.text).toContain(url);
  });

  it('sends one mail for a registration', () => {
    const registered = event('huleedu.identity.user.registered.v1', { user_id });
    expect(compose(registered, recipient, composer)).toBeNull();
    expect(compose(registered, { ...recipient, verification_due: false }, composer)?.template).toBe('welcome');
  });

  it('S58: sends no link that its own row does not have, nor one of another purpose', () => {
    for (const other of [null, { ...link, purpose: 'reset_password' } as const]) {
      expect(() => compose(requested, { ...recipient, link: other }, composer)).toThrow(new Undeliverable('link_gone'));
    }
  });

  it('sends no link that no longer works', () => {
    const late = { ...composer, now: new Date('2026-06-02T12:30:00Z') };
    expect(() => compose(requested, recipient, late)).toThrow(new Undeliverable('link_expired'));
  });

  it('is silent about a session that ended in the ordinary way', () => {
    const revoked = (reason: string) => event('huleedu.identity.session.revoked.v1', { user_id, reason });
    expect(isSilent(revoked('logout'))).toBe(true);
    expect(isSilent(revoked('reuse_detected'))).toBe(false);
  });
});

/** What a reader sees of HTML: its text, entities decoded. */
function textOf(markup: string): string {
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
  return markup
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, '\n')
    .replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
}
