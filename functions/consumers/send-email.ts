/**
 * Sends mails for events on the bus: links, notices, and what other services ask for. One mail an event, however often
 * the event is delivered. The working link of a one-time token is made here, and nothing else ever holds it (S28).
 *
 * Mails for this service's own events are made from its own rows, never from the delivered copy (S58, S61).
 */
import { v5 } from 'uuid';
import { consumerQueue } from '../aws/consumer-queue.ts';
import { type MailTags, mailer } from '../aws/mailer.ts';
import { emailKey, isAddress } from '../domain/email-address.ts';
import { loginCode } from '../domain/email-login.ts';
import type { CorrelationId } from '../domain/ids.ts';
import { type ComposedMail, compose, composeRequested, isSilent, type MailEvent } from '../domain/mail/compose.ts';
import { isOfChange, MAIL_REQUESTED, provesAddress } from '../domain/mail/topics.ts';
import { LINK_EXPIRED, Undeliverable } from '../domain/mail/undeliverable.ts';
import { linkBase, linkTo } from '../domain/mailed-link.ts';
import { sealOneTimeToken } from '../domain/one-time-token.ts';
import { mailboxKey, pseudonymizer } from '../domain/pseudonym.ts';
import { limitsAt } from '../domain/rate-limit.ts';
import { verificationCode } from '../domain/verification-code.ts';
import { causeOnce, type Delivery } from '../packages/inbox/index.ts';
import { log, setLogContext } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { stageDatabase } from '../stage/database.ts';
import { stageKeys, stagePseudonyms } from '../stage/keys.ts';
import { environment, stageSettings } from '../stage/settings.ts';
import { admitRequest, findOwnEvent, settleMail, takeMail } from '../store/mails.ts';
import { standaloneEvent } from '../store/outbox.ts';
import { admit } from '../store/rate-limits.ts';
import { eachMessage } from './each-message.ts';
import { readMailEvent } from './mail-events.ts';
import { RefusedEvent } from './refused-event.ts';

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
const ofPeople = stagePseudonyms();
const sendMail = mailer(settings.mail, environment('MAIL_CONFIGURATION_SET'));
const queue = consumerQueue(environment('DEAD_LETTERS_URL'));
const links = { base: linkBase(settings), hosts: settings.mail.linkHosts };
/** For counters: a service's name is no secret. */
const plainKey = pseudonymizer(Buffer.from(CONSUMER));

type Request = Extract<MailEvent, { event_type: typeof MAIL_REQUESTED }>;

export const handler = eachMessage('mail not sent', queue, async (body) => {
  const { source, own, event } = readMailEvent(body);
  setLogContext({ correlation_id: event.correlation_id, event_id: event.event_id, topic: event.event_type });
  if (own) await mailOwn(event);
  else await mailRequested(event as Request, source);
});

async function mailOwn(delivered: MailEvent): Promise<void> {
  if (isSilent(delivered)) return;
  const { event_id, event_type: topic, data } = delivered;
  const own = await findOwnEvent(database, { event_id, topic, to: 'to' in data ? data.to : null });
  if (!own) throw new RefusedEvent('not_ours');
  const { recipient } = own;
  if (!recipient) return log('info', 'nobody left to be told');
  if (recipient.unproved && isOfChange(topic) && (await isToldOften(recipient.email, delivered))) {
    return log('info', 'told often enough of changes');
  }
  const event = { ...delivered, data: own.data } as MailEvent;
  const [[key], [ofCodes]] = await Promise.all([linkKey.keys(), codeKey.keys()]);
  const write = () =>
    compose(event, recipient, {
      brand: settings.mail,
      now: new Date(),
      linkTo: (token, language) => linkTo(token.purpose, sealOneTimeToken(token, key), language, settings),
      codeOf: (token) => verificationCode(token, ofCodes),
      loginCodeOf: (tokenId, loginHash) => loginCode({ tokenId, loginHash }, ofCodes),
    });
  await deliver(
    {
      messageId: event.event_type === MAIL_REQUESTED ? event.data.message_id : event_id,
      correlationId: event.data.correlation_id,
      to: recipient.email,
      hasLink: provesAddress(topic, 'template_id' in event.data ? event.data.template_id : undefined),
      write,
    },
    { consumer: CONSUMER, event_id },
  );
}

/**
 * Whoever registers somebody else's address may change the account as often as they like: its owner is told of that, and
 * not flooded. Who has proved the address is told of each change (S85).
 */
async function isToldOften(email: string, { correlation_id }: MailEvent): Promise<boolean> {
  const now = new Date();
  const limits = limitsAt(now, await ofPeople(), settings).ofMail('unproved_change', emailKey(email));
  const correlationId = correlation_id as CorrelationId;
  return (await admit(database, limits, { correlationId, ipAddress: null, now })) !== null;
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
  await deliver({ messageId, correlationId, to, hasLink: false, write }, delivery);
}

interface Mail {
  readonly messageId: string;
  readonly correlationId: string;
  readonly to: string;
  /** One of ours that proves the address, which somebody asked for. */
  readonly hasLink: boolean;
  /** @throws Undeliverable */
  readonly write: () => ComposedMail | null;
}

/** Once for each delivery. SES hands back the delivery's id with what becomes of the mail (mail-feedback.ts). */
async function deliver({ messageId, correlationId, to, hasLink, write }: Mail, delivery: Delivery): Promise<void> {
  const cause = { correlationId: correlationId as CorrelationId, now: new Date() };
  const claim = { ...delivery, claim_id: crypto.randomUUID() };
  const mail = { addressKey: mailboxKey(await ofPeople(), emailKey(to)), emailKey: emailKey(to), messageId, hasLink };
  const { verdict, stopped } = await takeMail(database, claim, LEASE, mail);
  await causeOnce(database, claim, verdict, async () => {
    const outcome = await pass(to, write, { mail: delivery.event_id, correlation: correlationId }, stopped);
    const at = cause.now.toISOString();
    const about = { message_id: messageId, provider: PROVIDER };
    const event =
      outcome === 'sent'
        ? standaloneEvent('huleedu.email.sent.v1', 'email', { ...about, sent_at: at }, cause)
        : outcome &&
          standaloneEvent(
            'huleedu.email.delivery_failed.v1',
            'email',
            { ...about, failed_at: at, reason: outcome.reason },
            cause,
          );
    await settleMail(database, claim, event, { isSent: outcome === 'sent', now: cause.now });
  });
}

/** @returns null when there is nothing to mail */
async function pass(
  to: string,
  write: Mail['write'],
  tags: MailTags,
  isStopped: boolean,
): Promise<'sent' | Undeliverable | null> {
  try {
    const composed = write();
    if (composed && isStopped) throw new Undeliverable('address_suppressed');
    if (composed) await sendMail(to, composed, tags);
    log('info', composed ? 'mail sent' : 'no mail due', { template: composed?.template });
    return composed && 'sent';
  } catch (error) {
    if (!(error instanceof Undeliverable)) throw error;
    log('error', 'mail undeliverable', { reason: error.reason });
    if (error.reason === LINK_EXPIRED) emitMetrics({ MailsTooLate: [1, 'Count'] });
    return error;
  }
}
