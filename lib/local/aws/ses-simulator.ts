/**
 * What becomes of mails to SES's mailbox simulator, as SES puts it on the default bus for a configuration set whose
 * destination that is. Labels tell addresses apart: `bounce+one@simulator.amazonses.com`.
 *
 * Sources: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html (the simulator's addresses),
 * https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html (the events),
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html (their details)
 */
import { randomUUID } from 'node:crypto';
import type { RecordedEvent } from './event-entries.ts';
import type { SesMessage } from './ses-message.ts';

export type MailReport = Pick<RecordedEvent, 'source' | 'detail-type' | 'resources' | 'detail'>;

const ACCOUNT_ID = '000000000000';

/** @returns an event for each recipient that the simulator answers for */
export function simulate(message: SesMessage): MailReport[] {
  if (message.ConfigurationSetName === undefined) return [];
  return (message.Destination.ToAddresses ?? []).flatMap((address) => {
    const [, scenario] = /^(\w+)(?:\+[^@]*)?@simulator\.amazonses\.com$/i.exec(address) ?? [];
    const outcome = outcomeOf(scenario?.toLowerCase(), address, message.Timestamp);
    return outcome ? [report(message, ...outcome)] : [];
  });
}

/** The event's type, its name in `detail`, and what `detail` has under the name. */
type Outcome = readonly [detailType: string, eventType: string, about: object];

function outcomeOf(scenario: string | undefined, address: string, timestamp: string): Outcome | undefined {
  const feedback = { timestamp, feedbackId: `${randomUUID()}-000000` };
  const bounce = (bounceType: string, bounceSubType: string, status: string, text: string): Outcome => [
    'Email Bounced',
    'Bounce',
    {
      ...feedback,
      bounceType,
      bounceSubType,
      bouncedRecipients: [{ emailAddress: address, action: 'failed', status, diagnosticCode: `smtp; ${text}` }],
    },
  ];
  switch (scenario) {
    case 'bounce':
      return bounce('Permanent', 'General', '5.1.1', '550 5.1.1 user unknown');
    case 'suppressionlist':
      return bounce('Permanent', 'Suppressed', '5.1.1', 'Amazon SES has suppressed sending to this address');
    case 'ooto':
      return bounce('Transient', 'General', '4.0.0', 'auto-replied');
    // This one SES does not have.
    case 'full':
      return bounce('Transient', 'MailboxFull', '5.2.2', '552 5.2.2 mailbox full');
    case 'complaint':
      return [
        'Email Complaint Received',
        'Complaint',
        {
          ...feedback,
          complaintSubType: null,
          complaintFeedbackType: 'abuse',
          complainedRecipients: [{ emailAddress: address }],
        },
      ];
    default:
      return undefined;
  }
}

function report(
  { Id, Timestamp, Source, Destination, ConfigurationSetName = '', Region, Tags = [] }: SesMessage,
  detailType: string,
  eventType: string,
  about: object,
): MailReport {
  const arn = (resource: string) => `arn:aws:ses:${Region}:${ACCOUNT_ID}:${resource}`;
  const tags = Object.fromEntries(Tags.map(({ Name = '', Value = '' }) => [Name, [Value]]));
  return {
    source: 'aws.ses',
    'detail-type': detailType,
    resources: [arn(`configuration-set/${ConfigurationSetName}`)],
    detail: {
      eventType,
      mail: {
        timestamp: Timestamp,
        source: Source,
        sendingAccountId: ACCOUNT_ID,
        messageId: Id,
        destination: Destination.ToAddresses ?? [],
        headersTruncated: false,
        headers: [],
        commonHeaders: {},
        tags: { 'ses:configuration-set': [ConfigurationSetName], ...tags },
      },
      [eventType.toLowerCase()]: about,
    },
  };
}
