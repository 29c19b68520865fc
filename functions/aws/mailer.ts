/** Mail through SES v2. */
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { withAsciiDomain } from '../domain/email-address.ts';
import type { ComposedMail } from '../domain/mail/compose.ts';
import { Undeliverable } from '../domain/mail/undeliverable.ts';
import type { Settings } from '../domain/settings.ts';

/**
 * Errors that no retry changes. All others, a paused account and throttling included, are retried, and in the end the
 * message is a dead letter that can be redriven.
 */
const PERMANENT = new Set([
  'MessageRejected',
  'MailFromDomainNotVerifiedException',
  'AccountSuspendedException',
  'BadRequestException',
]);

/**
 * Passes a mail to SES.
 * @throws Undeliverable when SES refuses the mail for good; other errors of SES may pass
 */
export type SendMail = (to: string, mail: ComposedMail) => Promise<void>;

export function mailer(
  { brandName, sender, replyTo }: Pick<Settings['mail'], 'brandName' | 'sender' | 'replyTo'>,
  configurationSet: string,
): SendMail {
  // SES has no idempotency key: if the answer is lost after SES took the mail, a retry sends it twice.
  const ses = new SESv2Client({ maxAttempts: 3 });
  return async (to, { subject, html, text, template }) => {
    const command = new SendEmailCommand({
      FromEmailAddress: `${displayName(brandName)} <${sender}>`,
      ...(replyTo ? { ReplyToAddresses: [replyTo] } : {}),
      Destination: { ToAddresses: [withAsciiDomain(to)] },
      Content: { Simple: { Subject: utf8(subject), Body: { Html: utf8(html), Text: utf8(text) } } },
      ConfigurationSetName: configurationSet,
      // Separates SES's figures by kind of mail.
      EmailTags: [{ Name: 'template', Value: template }],
    });
    try {
      await ses.send(command);
    } catch (error) {
      // Only the error's name: SES puts the recipient's address into the message, which would be logged (S36).
      const name = error instanceof Error ? error.name : 'UnknownError';
      throw PERMANENT.has(name) ? new Undeliverable(name) : new Error(`SES did not take the mail: ${name}`);
    }
  };
}

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });

/** RFC 5322 §3.2.4 for ASCII, else RFC 2047 §2: at most 45 bytes a word, and no character is split between words. */
function displayName(name: string): string {
  if (/^[ -~]*$/.test(name)) return `"${name.replace(/[\\"]/g, '\\$&')}"`;
  const words = name.match(/.{1,11}/gu) ?? [];
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
