/** Text of others, as a mail of ours shows it (S62). */
import { describe, expect, it } from 'vitest';
import { compose, type MailEvent, type Recipient } from '../../functions/domain/mail/compose.ts';
import { plainName, plainText } from '../../functions/domain/mail/plain-words.ts';
import { renderMail } from '../../functions/domain/mail/render.ts';
import { parseSettings } from '../../lib/service/config.ts';
import { fortyTimes } from '../support/cpu-time.ts';
import { readHonest } from '../support/hostile-texts.ts';

const brand = parseSettings({ stage: 'test' }).service.mail;

describe('S62: in a mail', () => {
  it.each([
    ['Norra skolan', 'Norra skolan'],
    ['  Norra \n skolan\u0000', 'Norra skolan'],
    ['Skolan \u202eelpmaxe\u202c', 'Skolan elpmaxe'],
    ['evil\u200b.example', 'evil example'],
    ['See https://evil.example/a now', 'See … now'],
    ['HTTPS://EVIL.EXAMPLE', '…'],
    ['hxxps://evil', '…'],
    ['evil.example/login', '…'],
    ['evil.example:8080', '…'],
    ['www.evil', '…'],
    ['evil.example', 'evil example'],
    ['evil。example', 'evil example'],
    ['ｅvil．ｅxample', 'ｅvil ｅxample'],
    ['förskolan.se', 'förskolan se'],
    ['xn--80ak6aa92e.com', 'xn--80ak6aa92e com'],
    ['Booking.com', 'Booking com'],
    ['i❤.ws', 'i❤ ws'],
    ['i❤.ws/x', '…'],
    ['evil_.com', 'evil_ com'],
    ['evil.ⓒⓞⓜ', 'evil ⓒⓞⓜ'],
    ['evil.ⅽom', 'evil ⅽom'],
    ['evil.com,x/y', '…'],
    ['\\\\evil\\share', '…'],
    ['//evil', '…'],
    ['https:evil', '…'],
    ['skype:evil', '…'],
    ['win﹫evil', '…'],
    ['Skola/skola', 'Skola/skola'],
    ['Klass 5A: läsning', 'Klass 5A: läsning'],
    ['mailto:a', '…'],
    ['a@b', '…'],
    ['Write to win@evil.example.', 'Write to …'],
    ['Call +46 70 123 45 67!', 'Call …!'],
    ['Call (070) 123-45 67', 'Call …'],
    ['Call 0046701234567', 'Call …'],
    ['Call 1-800-555-0199', 'Call …'],
    ['Call ٠٧٠١٢٣٤٥٦٧', 'Call …'],
    ['Call 12345678', 'Call …'],
    ['Call 070·123_45•67', 'Call …'],
    ['Class 2026-2027', 'Class 2026-2027'],
    ['Class of 2026-06-01', 'Class of 2026-06-01'],
    ['Skola 123456', 'Skola 123456'],
    ['x〞 at HuleEdu, y״, z˝', "x' at HuleEdu, y', z'"],
    ['x” at HuleEdu. Your account is locked. “', "x' at HuleEdu. Your account is locked. '"],
  ])('the name %j becomes %j', (given, shown) => {
    expect(plainName(given, 100)).toBe(shown);
  });

  it.each([
    ['Order 12345678 of 2026-06-01, 1 250 000 kr', 'Order 12345678 of 2026-06-01, 1 250 000 kr'],
    ['Tack.Vi ses kl. 08.30', 'Tack Vi ses kl. 08.30'],
    ['Read more at evil.example/x or call 070-123 45 67', 'Read more at … or call …'],
    ['Call 800-555-0199', 'Call …'],
    ['Call ＋４６ ７０ １２３ ４５ ６７', 'Call …'],
    ['Ring ٠٧٠١٢٣٤٥٦٧', 'Ring …'],
    ['Se sidan 3/4, kl. 8:30, 1.5–2.5 %', 'Se sidan 3/4, kl. 8:30, 1.5–2.5 %'],
    ['“Quoted”', '“Quoted”'],
  ])('the text %j becomes %j', (given, shown) => {
    expect(plainText(given)).toBe(shown);
  });
});

describe('S62: a long text', () => {
  const family = '👨‍👩‍👧‍👦';

  it.each([
    ['e\u0301'.repeat(60), 'e\u0301'],
    [family.repeat(30), family],
    ['🇸🇪'.repeat(60), '🇸🇪'],
  ])('is cut between graphemes, and marked (%#)', (name, grapheme) => {
    const cut = plainName(name, 100);
    expect([...cut].length).toBeLessThanOrEqual(100);
    expect(cut.endsWith('…')).toBe(true);
    expect(cut.slice(0, -1).replaceAll(grapheme.normalize('NFC'), '').replaceAll(grapheme, '')).toBe('');
  });

  it('a subject shows its characters, not what they would decode to', () => {
    const hidden = `=?utf-8?B?${Buffer.from('https://evil.example/').toString('base64')}?=`;
    const { subject } = renderMail({ subject: hidden, heading: 'h', paragraphs: [] }, 'en', brand);
    expect(subject).not.toMatch(/=\?[^?\s]+\?[bq]\?[^?\s]*\?=/i);
  });

  it('a subject is no longer than mail programs show, in every mail', () => {
    const mail = renderMail({ subject: family.repeat(200), heading: 'h', paragraphs: [] }, 'en', brand);
    expect([...mail.subject].length).toBeLessThanOrEqual(150);
    expect(mail.subject).toMatch(/👦…$/u);
  });
});

describe('S62: in the mails of this service', () => {
  const recipient: Recipient = {
    email: 'a@example.com',
    locale: 'en',
    is_new: false,
    verification_due: false,
    locked_by_administrator: false,
    link: {
      purpose: 'invitation',
      token_id: '0197f3a0-0000-7000-8000-000000000002' as never,
      user_id: '0197f3a0-0000-7000-8000-000000000001' as never,
      expires_at: '2026-06-02T12:30:00.000Z',
    },
    invitation: {
      organization: 'Win \u202eat https://evil.example/ or 0700 123 456\r\nnow',
      inviter: 'maria@oak.example',
    },
    change: null,
    unproved: null,
  };
  const composer = {
    brand,
    now: new Date('2026-06-01T12:30:00Z'),
    linkTo: () => 'https://id.example/x',
    codeOf: () => '',
    loginCodeOf: () => '',
  };
  const requested = (template_id: string, variables: object = {}) =>
    ({ event_type: 'huleedu.email.notification.requested.v1', data: { template_id, variables } }) as MailEvent;

  it.each(['html', 'text', 'subject'] as const)('an organisation’s name leads nowhere (%s)', (part) => {
    const mail = compose(requested('invitation'), recipient, composer);
    expect(mail?.text).toContain('“Win at … or … now”');
    expect(mail?.text).toContain('maria@oak.example invites you');
    expect(mail?.[part]).not.toMatch(/evil|0700|\u202e/);
  });

  it('a device leads nowhere', () => {
    const variables = { at: '2026-06-01T12:30:00Z', device: 'evil.example/x', ip_address: '192.0.2.7' };
    expect(compose(requested('new_device', variables), recipient, composer)?.html).not.toContain('evil');
  });
});

it('S66: is made in linear time, whatever the text', () => {
  const hostile = ['a.', '0 ', '+', 'aa.bb', 'aa.', '.aa', '/.', '1', '@', 'https:/', '(0', '. ', 'xn--', '\u0301'];
  const isLinear = fortyTimes(readHonest);
  for (const unit of hostile) {
    const text = unit.repeat((64 * 1024) / unit.length);
    expect(
      isLinear(() => [plainName(text, 100), plainText(text)]),
      unit,
    ).toBe(true);
  }
});
