/**
 * What SES reports of a mail after it took it, by events on the account's default bus: SES publishes to no other, and
 * nobody else can in its name, since EventBridge takes no source that begins with `aws.` from a customer.
 *
 * Sources: https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html,
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ses-configurationseteventdestination-eventbridgedestination.html,
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */

/** The tags that each mail carries, and that its events bring back. */
export const MAIL_TAG = 'mail';
export const CORRELATION_TAG = 'correlation';

export const feedbackTopics = ['Email Bounced', 'Email Complaint Received', 'Email Rejected'] as const;
export type FeedbackTopic = (typeof feedbackTopics)[number];

/** Of the stage's own configuration set; other stages and applications of the account send by others. */
export const feedbackPatterns = [
  {
    source: ['aws.ses'],
    'detail-type': feedbackTopics,
    detail: { mail: { tags: { 'ses:configuration-set': ['identity-{stage}'] } } },
  },
] as const;

/** What it means for the mail, and for further mail to the address. */
export interface Feedback {
  /** For EmailDeliveryFailedV1: one word, for programs to read. */
  readonly reason: 'bounced' | 'returned' | 'complained' | 'rejected';
  /** Further mail to the address stops for this reason; null where it goes on. */
  readonly stops: 'bounce' | 'complaint' | null;
}

/**
 * Bounces of these kinds mean that the mail came back, and nothing of the address. An automatic answer ("I am away") is
 * `General` or `Undetermined` too, though its mail arrived, so those mean nothing at all.
 */
const RETURNED = ['MailboxFull', 'MessageTooLarge', 'ContentRejected', 'AttachmentRejected', 'CustomTimeoutExceeded'];

/**
 * @returns null for what says nothing of the mail
 *
 * Source: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
 */
export function feedbackOf(topic: FeedbackTopic, bounceType = '', bounceSubType = ''): Feedback | null {
  switch (topic) {
    case 'Email Complaint Received':
      return { reason: 'complained', stops: 'complaint' };
    case 'Email Rejected':
      return { reason: 'rejected', stops: null };
    case 'Email Bounced':
      if (bounceType === 'Permanent') return { reason: 'bounced', stops: 'bounce' };
      return RETURNED.includes(bounceSubType) ? { reason: 'returned', stops: null } : null;
  }
}
