/** Mail through SES v2. */
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { withAsciiDomain } from '../domain/email-address.ts';
import type { ComposedMail } from '../domain/mail/compose.ts';
import type { CORRELATION_TAG, MAIL_TAG } from '../domain/mail/feedback.ts';
import { Undeliverable } from '../domain/mail/undeliverable.ts';
import type { Settings } from '../domain/settings.ts';
import { emitMetrics } from '../runtime/metrics.ts';

/** Of this message or its recipient: no retry changes it, and this mail alone fails. */
const PERMANENT = new Set(['MessageRejected', 'BadRequestException']);

/**
 * Of the account or the sender: all mails fail until somebody acts. They wait in the queue, and an alarm calls. (The
 * configuration set is not there; the account is suspended, paused, has no production access or may not send as this
 * sender.)
 *
 * Source: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
 */
const LASTING = new Set([
  'AccountSuspendedException',
  'SendingPausedException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
  'LimitExceededException',
  'AccessDeniedException',
]);

/**
 * SES says the same by names that mean a message, or a moment, elsewhere: an identity that is not verified (in the
 * sandbox the recipient's, too) and a paused account are a MessageRejected, the daily quota is throttling.
 *
 * Sources: https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html,
 * https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
 */
const SAYS_LASTING = /not verified|paused|suspended|daily (?:message|sending) quota/i;

const isLasting = ({ name, message }: Error) => LASTING.has(name) || SAYS_LASTING.test(message);

/**
 * Passes a mail to SES.
 * @throws Undeliverable when SES refuses the mail for good; other errors may pass, or end when somebody acts
 */
export type SendMail = (to: string, mail: ComposedMail, tags: MailTags) => Promise<void>;

/** UUIDs: SES brings them back with what becomes of the mail. */
export interface MailTags {
  readonly [MAIL_TAG]: string;
  readonly [CORRELATION_TAG]: string;
}

export function mailer(
  { brandName, sender, replyTo }: Pick<Settings['mail'], 'brandName' | 'sender' | 'replyTo'>,
  configurationSet: string,
): SendMail {
  // SES has no idempotency key: if the answer is lost after SES took the mail, a retry sends it twice.
  const ses = new SESv2Client({ maxAttempts: 3 });
  return async (to, { subject, html, text, template }, tags) => {
    const command = new SendEmailCommand({
      FromEmailAddress: `${displayName(brandName)} <${sender}>`,
      ...(replyTo ? { ReplyToAddresses: [replyTo] } : {}),
      Destination: { ToAddresses: [withAsciiDomain(to)] },
      Content: { Simple: { Subject: utf8(subject), Body: { Html: utf8(html), Text: utf8(text) } } },
      ConfigurationSetName: configurationSet,
      // The first separates SES's figures by kind of mail.
      EmailTags: Object.entries({ template, ...tags }).map(([Name, Value]) => ({ Name, Value })),
    });
    try {
      await ses.send(command);
    } catch (error) {
      // Only the error's name: SES puts the recipient's address into the message, which would be logged (S36).
      const { name } = error as Error;
      if (isLasting(error as Error)) {
        emitMetrics({ MailStopped: [1, 'Count'] });
        throw new Error(`SES takes no mail of this sender: ${name}`);
      }
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
