/** Mails that other services ask for, and what may be put into one. */
import { describe, expect, it } from 'vitest';
import type { AllowedLinks } from '../../functions/domain/mail/allowed-link.ts';
import { composeRequested } from '../../functions/domain/mail/compose.ts';
import { notificationContent } from '../../functions/domain/mail/notification.ts';
import { renderMail } from '../../functions/domain/mail/render.ts';
import { Undeliverable } from '../../functions/domain/mail/undeliverable.ts';
import { parseSettings } from '../../lib/service/config.ts';

const brand = parseSettings({ stage: 'test' }).service.mail;

/** A stage at https://id.example that allows other services to link to one more host. */
const links: AllowedLinks = { base: 'https://id.example', hosts: ['app.example', 'app.example:8443'] };
const contentOf = (variables: Record<string, string>) => notificationContent(variables, links);

describe('what is put into a mail', () => {
  const hostile = '"><script>alert(1)</script>&amp;\'';

  it('is text everywhere, never markup', () => {
    const content = contentOf({
      subject: hostile,
      heading: hostile,
      body: hostile,
      action_label: hostile,
      action_url: 'https://app.example/?a="><script>alert(1)</script>',
    });
    const mail = renderMail(content, 'en', { ...brand, brandName: hostile });
    expect(mail.html).not.toContain('<script');
    expect(mail.html.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(5);
  });

  it('cannot begin a header in a subject', () => {
    const content = contentOf({ subject: 'Hello\r\nBcc: all@example.com\u0000\u2028X: y', body: 'x' });
    expect(renderMail(content, 'en', brand).subject).toBe('Hello Bcc: … X: y');
    // Also not in a subject of ours, with a name that was chosen before names were checked.
    expect(renderMail({ ...content, subject: 'a\r\nBcc: x' }, 'en', brand).subject).toBe('a Bcc: x');
  });
});

describe('a mail that a service asks for', () => {
  const variables = { subject: 'Receipt', body: 'One.\n\nTwo.' };

  it('has its paragraphs and its button', () => {
    const content = contentOf({ ...variables, action_label: 'Open', action_url: 'https://app.example/1' });
    expect(content).toMatchObject({
      paragraphs: ['One.', 'Two.'],
      button: { label: 'Open', url: 'https://app.example/1' },
    });
  });

  it.each([
    [{ body: 'x' }, 'variable_missing'],
    [{ subject: ' ', body: 'x' }, 'variable_missing'],
    [{ subject: '\u200b\u202e', body: 'x' }, 'variable_missing'],
    [{ subject: 'x', body: '\u200b \n\n\u2060' }, 'variable_missing'],
    [{ ...variables, action_label: 'Open' }, 'variable_missing'],
    [{ ...variables, action_label: 'Open', action_url: 'javascript:alert(1)' }, 'action_url_not_https'],
    [{ ...variables, action_label: 'Open', action_url: 'http://app.example/' }, 'action_url_not_https'],
    [{ ...variables, action_label: 'Open', action_url: 'open' }, 'action_url_not_https'],
  ])('is undeliverable with %j', (given, reason) => {
    expect(() => contentOf(given)).toThrow(new Undeliverable(reason));
  });
});

const request = (template_id: string, variables: Record<string, string> = {}) => ({
  message_id: 'm',
  template_id,
  to: 'a@example.com',
  variables,
  category: 'system' as const,
  correlation_id: '0197f3a0-0000-7000-8000-000000000003',
});

describe('S62: a button of another service', () => {
  const urlOf = (action_url: string, of = links) =>
    notificationContent({ subject: 's', body: 'b', action_label: 'Open', action_url }, of).button?.url;

  it.each([
    ['https://id.example/x', 'https://id.example/x'],
    ['https://app.example:8443/', 'https://app.example:8443/'],
    // The parsed URL is what is mailed.
    ['  https:/\\APP.example\\a b\n', 'https://app.example/a%20b'],
    ['https://app.example/ö?q="<>#\u202e', 'https://app.example/%C3%B6?q=%22%3C%3E#%E2%80%AE'],
  ])('may lead to %j, mailed as %s', (given, mailed) => {
    expect(urlOf(given)).toBe(mailed);
  });

  it.each([
    'https://evil.example/',
    'https://app.example@evil.example/',
    'https://app.example:x@evil.example/',
    'https://x@app.example/',
    'https://evil.example\\@app.example/',
    'https://app.example.evil.example/',
    'https://evilapp.example/',
    'https://app.example./',
    'https://app.example:444/',
    'https://аpp.example/',
    `https://app.example/${'a'.repeat(2_000)}`,
  ])('may not lead to %s', (given) => {
    expect(() => urlOf(given)).toThrow(new Undeliverable('action_url_not_allowed'));
  });

  it('may lead to a page of this machine without TLS if the service itself has none', () => {
    const local = { base: 'http://127.0.0.1:3000', hosts: ['localhost:5173', 'app.example'] };
    expect(urlOf('http://localhost:5173/', local)).toBe('http://localhost:5173/');
    for (const [given, of] of [
      ['http://app.example/', local],
      ['http://localhost:5173/', { ...links, hosts: ['localhost:5173'] }],
    ] as const) {
      expect(() => urlOf(given, of)).toThrow(new Undeliverable('action_url_not_https'));
    }
  });
});

describe('a mail that an older service asks for', () => {
  const mail = (template: string, variables: Record<string, string>) =>
    composeRequested(request(template, variables), 'sv', { brand, links });

  it.each([
    ['verification', 'verification_link', 'Bekräfta'],
    ['password_reset', 'reset_link', 'lösenord'],
    ['welcome', 'dashboard_link', 'Välkommen'],
  ])('as %s is understood, with its own link as %s or action_url', (template, older, subject) => {
    for (const name of [older, 'action_url']) {
      const { subject: got, html } = mail(template, { [name]: 'https://app.example/a', user_name: 'Evil' });
      expect(got).toContain(subject);
      expect(html).toContain('href="https://app.example/a"');
      expect(html).not.toContain('Evil');
    }
    const elsewhere = { [older]: 'https://evil.example/a' };
    expect(() => mail(template, elsewhere)).toThrow(new Undeliverable('action_url_not_allowed'));
  });

  it('needs its link, except a welcome', () => {
    for (const template of ['verification', 'password_reset']) {
      expect(() => mail(template, {})).toThrow(new Undeliverable('variable_missing'));
    }
    expect(mail('welcome', {}).html).not.toContain('href');
  });
});

it('sends no template that it does not have', () => {
  for (const template_id of ['verify_email', 'invitation', 'new_device', 'newsletter']) {
    expect(() => composeRequested(request(template_id), null, { brand, links })).toThrow(
      new Undeliverable('template_unknown'),
    );
  }
});
