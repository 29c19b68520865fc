/**
 * Sends mails for events on the bus: links, notices, and what other services ask for. One mail an event, however often
 * the event is delivered. The working link of a one-time token is made here, and nothing else ever holds it (S28).
 *
 * Mails for this service's own events are made from its own rows, never from the delivered copy (S58, S61).
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { v5 } from 'uuid';
import { deadLetterQueue } from '../aws/dead-letter-queue.ts';
import { mailer } from '../aws/mailer.ts';
import { isAddress } from '../domain/email-address.ts';
import type { CorrelationId } from '../domain/ids.ts';
import { type ComposedMail, compose, composeRequested, isSilent, type MailEvent } from '../domain/mail/compose.ts';
import { MAIL_REQUESTED } from '../domain/mail/topics.ts';
import { Undeliverable } from '../domain/mail/undeliverable.ts';
import { linkBase, linkTo } from '../domain/mailed-link.ts';
import { sealOneTimeToken } from '../domain/one-time-token.ts';
import { pseudonymizer } from '../domain/pseudonym.ts';
import { limitsAt } from '../domain/rate-limit.ts';
import { verificationCode } from '../domain/verification-code.ts';
import { type Claim, handleOnce } from '../packages/inbox/index.ts';
import { log, setLogContext } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { stageDatabase } from '../stage/database.ts';
import { stageKeys } from '../stage/keys.ts';
import { environment, stageSettings } from '../stage/settings.ts';
import { admitRequest, findOwnEvent, settleMail } from '../store/mails.ts';
import { standaloneEvent } from '../store/outbox.ts';
import { admit } from '../store/rate-limits.ts';
import { RefusedEvent, readMailEvent } from './mail-events.ts';

const CONSUMER = 'send-email';
const PROVIDER = 'ses';
/** Seconds: longer than the function's timeout, so that no two invocations can send the same mail. */
const LEASE = 60;
/** The namespace of message ids that RFC 9562 §5.5 requires. */
const MESSAGE_IDS = 'b4c1f8a6-3d0e-4f0b-9a57-0d1f6f3f6d52';

const settings = stageSettings();
const database = stageDatabase();
const linkKey = stageKeys('one-time-token');
const codeKey = stageKeys('verification-code');
const sendMail = mailer(settings.mail, environment('MAIL_CONFIGURATION_SET'));
const keepDeadLetter = deadLetterQueue(environment('DEAD_LETTERS_URL'));
const links = { base: linkBase(settings), hosts: settings.mail.linkHosts };
/** For counters: a service's name is no secret. */
const plainKey = pseudonymizer(Buffer.from(CONSUMER));

type Request = Extract<MailEvent, { event_type: typeof MAIL_REQUESTED }>;

/**
 * @returns the messages to be delivered again, as their faults may pass (the database, SES's throttling)
 * @throws Error when all messages failed, so that Lambda counts an error
 */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of Records) {
    try {
      await handle(record);
    } catch (error) {
      log('error', 'mail not sent, to be tried again', { error });
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  // Lambda logs what a function throws, and PostgreSQL's messages quote values (S36).
  if (batchItemFailures.length > 0 && batchItemFailures.length === Records.length) throw new Error('mail not sent');
  return { batchItemFailures };
}

async function handle({ body }: SQSRecord): Promise<void> {
  setLogContext({});
  try {
    const { source, own, event } = readMailEvent(body);
    setLogContext({ correlation_id: event.correlation_id, event_id: event.event_id, topic: event.event_type });
    if (own) await mailOwn(event);
    else await mailRequested(event as Request, source);
  } catch (error) {
    if (!(error instanceof RefusedEvent)) throw error;
    await refuse(error, body);
  }
}

/** Refuses it for good (S63). An unreadable event is kept for a person, who may redeliver it; a forgery is not kept. */
async function refuse({ reason, faults }: RefusedEvent, body: string): Promise<void> {
  if (reason === 'malformed') await keepDeadLetter(body);
  log('error', 'event refused', { reason, faults });
  emitMetrics({ EventsRefused: [1, 'Count'] });
}

async function mailOwn(delivered: MailEvent): Promise<void> {
  if (isSilent(delivered)) return;
  const { event_id, event_type: topic, data } = delivered;
  const own = await findOwnEvent(database, { event_id, topic, to: 'to' in data ? data.to : null });
  if (!own) throw new RefusedEvent('not_ours');
  const { recipient } = own;
  if (!recipient) return log('info', 'nobody left to be told');
  const event = { ...delivered, data: own.data } as MailEvent;
  const [[key], [ofCodes]] = await Promise.all([linkKey.keys(), codeKey.keys()]);
  const write = () =>
    compose(event, recipient, {
      brand: settings.mail,
      now: new Date(),
      linkTo: (token, language) => linkTo(token.purpose, sealOneTimeToken(token, key), language, settings),
      codeOf: (token) => verificationCode(token, ofCodes),
    });
  const messageId = event.event_type === MAIL_REQUESTED ? event.data.message_id : event_id;
  await handleOnce(database, { consumer: CONSUMER, event_id }, LEASE, (claim) =>
    deliver({ messageId, correlationId: event.data.correlation_id, to: recipient.email, write }, claim),
  );
}

/** A service that asks twice with one message id gets one mail, even if its two events differ. */
async function mailRequested({ data, correlation_id: correlationId }: Request, source: string): Promise<void> {
  const { message_id: messageId, to } = data;
  const delivery = { consumer: CONSUMER, event_id: v5(`${source}\0${messageId}`, MESSAGE_IDS) };
  const now = new Date();
  const limits = limitsAt(now, plainKey, settings);
  const ofSource = limits.by('mailRequestsPerSource', source);
  const { locale, fresh, exceeded: exceededBySource } = await admitRequest(database, to, delivery, ofSource);
  // A publisher may choose a source for each event, so all sources share a limit. What one source is refused does not
  // count against the others.
  const inAll = fresh && !exceededBySource ? limits.by('mailRequestsInAll', '') : [];
  const exceeded = exceededBySource ?? (await admit(database, inAll, { correlationId, ipAddress: null, now }));
  if (exceeded) emitMetrics({ MailRequestsLimited: [1, 'Count'] });
  const write = () => {
    // Refused at once, not delayed: a waiting mail would hold up links that people wait for. The asking service gets an
    // event.
    if (exceeded) throw new Undeliverable('rate_limited');
    // SES would read a list as several addresses, and a line break as another header.
    if (!isAddress(to)) throw new Undeliverable('address_invalid');
    return composeRequested(data, locale, { brand: settings.mail, links });
  };
  await handleOnce(database, delivery, LEASE, (claim) => deliver({ messageId, correlationId, to, write }, claim));
}

interface Mail {
  readonly messageId: string;
  readonly correlationId: string;
  readonly to: string;
  readonly write: () => ComposedMail | null;
}

async function deliver({ messageId, correlationId, to, write }: Mail, claim: Claim): Promise<void> {
  const cause = { correlationId: correlationId as CorrelationId, now: new Date() };
  const at = cause.now.toISOString();
  const about = { message_id: messageId, provider: PROVIDER };
  try {
    const composed = write();
    if (composed) await sendMail(to, composed);
    log('info', composed ? 'mail sent' : 'no mail due', { template: composed?.template });
    const sent = composed && standaloneEvent('huleedu.email.sent.v1', 'email', { ...about, sent_at: at }, cause);
    await settleMail(database, claim, sent, cause.now);
  } catch (error) {
    if (!(error instanceof Undeliverable)) throw error;
    log('error', 'mail undeliverable', { reason: error.reason });
    const failed = { ...about, failed_at: at, reason: error.reason };
    await settleMail(
      database,
      claim,
      standaloneEvent('huleedu.email.delivery_failed.v1', 'email', failed, cause),
      cause.now,
    );
  }
}
