/**
 * How long a message waits in its queue for an outage to end, of SES or of the database, and how often it is tried
 * meanwhile. Seconds.
 */
const MINUTE = 60;
const HOUR = 60 * MINUTE;

export const patience = {
  /** The queue's own pause after a failure; at first, people wait for the mail. */
  shortest: 3 * MINUTE,
  /** A weekend, in which nobody answers AWS's support case, and a day more. Mails whose link ends earlier end then. */
  most: 3 * 24 * HOUR,
  /** @param age seconds since the message was sent to the queue. @returns an eighth of it: so late does it come at most */
  pauseAfter: (age: number): number =>
    Math.round(Math.min(HOUR / 2, Math.max(patience.shortest, Math.max(0, age || 0) / 8))),
} as const;
