/**
 * Mails for what happened on the bus: links, notices, what other services ask for. One mail an event, however often it
 * is delivered; the working link of a one-time token is made here, and nothing else ever holds it (S28).
 */
import type { SQSEvent } from 'aws-lambda';
import { v5 } from 'uuid';
import { dataApi } from '../aws/data-api.ts';
import { keyring } from '../aws/keyring.ts';
import { sendMail } from '../aws/mailer.ts';
import type { CorrelationId } from '../domain/ids.ts';
import { linkTo } from '../domain/links.ts';
import { type ComposedMail, compose, isSilent, type MailEvent } from '../domain/mail/compose.ts';
import { Undeliverable } from '../domain/mail/undeliverable.ts';
import { sealOneTimeToken } from '../domain/one-time-token.ts';
import { log, setLogContext } from '../log.ts';
import { settings } from '../settings.ts';
import { type Claim, handleOnce } from '../store/inbox.ts';
import { type Addressee, findRecipient, settleMail } from '../store/mails.ts';
import { lonelyEvent } from '../store/outbox.ts';
import { mailEvents } from './mail-events.ts';

const CONSUMER = 'send-email';
const PROVIDER = 'ses';
/** Seconds: longer than the function's timeout, so that nobody sends while another still may. */
const LEASE = 60;
/** Of message ids, as RFC 9562 §5.5 wants one. */
const MESSAGE_IDS = 'b4c1f8a6-3d0e-4f0b-9a57-0d1f6f3f6d52';

const database = dataApi();
const linkKey = keyring('one-time-token');

/** @throws what may pass (the database, SES's throttling), so that the event is delivered again */
export async function handler(delivered: SQSEvent): Promise<void> {
  for (const event of mailEvents(delivered)) {
    setLogContext({ correlation_id: event.correlation_id, event_id: event.event_id, topic: event.event_type });
    if (isSilent(event)) continue;
    await mail(event).catch((error: unknown) => {
      log('error', 'mail not sent, to be tried again', { error });
      // Lambda prints what a function throws, and a message of PostgreSQL's quotes values (S36).
      throw new Error('mail not sent');
    });
  }
}

async function mail(event: MailEvent): Promise<void> {
  const recipient = await findRecipient(database, addressee(event));
  // The account is no more: nobody is left to be told.
  if (!recipient) return;
  const [key] = await linkKey.keys();
  const now = new Date();
  const write = () =>
    compose(event, recipient, {
      brand: settings.mail,
      now,
      linkTo: (token, language) => linkTo(token.purpose, sealOneTimeToken(token, key), language),
    });
  await handleOnce(database, { consumer: CONSUMER, event_id: deliveryId(event) }, LEASE, (claim) =>
    deliver(event, recipient.email, write, claim),
  );
}

async function deliver(event: MailEvent, to: string, write: () => ComposedMail | null, claim: Claim): Promise<void> {
  const cause = { correlationId: event.correlation_id as CorrelationId, now: new Date() };
  const at = cause.now.toISOString();
  const about = { message_id: messageId(event), provider: PROVIDER };
  try {
    const composed = write();
    if (composed) await sendMail(to, composed);
    log('info', composed ? 'mail sent' : 'no mail due', { template: composed?.template });
    const sent = composed && lonelyEvent('huleedu.email.sent.v1', 'email', { ...about, sent_at: at }, cause);
    await settleMail(database, claim, sent, cause.now);
  } catch (error) {
    if (!(error instanceof Undeliverable)) throw error;
    log('error', 'mail undeliverable', { reason: error.reason });
    const failed = { ...about, failed_at: at, reason: error.reason };
    await settleMail(
      database,
      claim,
      lonelyEvent('huleedu.email.delivery_failed.v1', 'email', failed, cause),
      cause.now,
    );
  }
}

function addressee(event: MailEvent): Addressee {
  switch (event.event_type) {
    case 'huleedu.email.notification.requested.v1':
      return { address: event.data.to };
    case 'huleedu.identity.email.verification.requested.v1':
      return { userId: event.data.user_id, tokenId: event.data.verification_token };
    default:
      return { userId: event.data.user_id };
  }
}

const messageId = (event: MailEvent): string =>
  event.event_type === 'huleedu.email.notification.requested.v1' ? event.data.message_id : event.event_id;

/** A service that asks twice under one message id wants one mail, even if its two events differ. */
const deliveryId = (event: MailEvent): string =>
  event.event_type === 'huleedu.email.notification.requested.v1'
    ? v5(`${event.source_service}\0${event.data.message_id}`, MESSAGE_IDS)
    : event.event_id;
