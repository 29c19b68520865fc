/** What SES reports of mails that it took, as it puts it on the account's default bus. */
import type { SesMessage } from '../../lib/local/aws/ses.ts';
import type { Service } from './service.ts';

/** An address of SES's mailbox simulator with which a scenario happens, and which no other test has. */
export const simulated = (scenario: 'bounce' | 'complaint' | 'ooto' | 'full') =>
  `${scenario}+${crypto.randomUUID()}@simulator.amazonses.com`;

/** The detail of a report about a mail. */
export const about = ({ ConfigurationSetName = '', Tags = [] }: SesMessage) => ({
  mail: {
    tags: {
      'ses:configuration-set': [ConfigurationSetName],
      ...Object.fromEntries(Tags.map(({ Name = '', Value = '' }) => [Name, [Value]])),
    },
  },
});

/** Publishes a report, and waits until it is handled. */
export async function report(service: Service, detailType: string, detail: object): Promise<void> {
  service.events.publish({ source: 'aws.ses', 'detail-type': detailType, resources: [], detail: { ...detail } });
  await service.events.settled();
}

export const complainAbout = (service: Service, mail: SesMessage) =>
  report(service, 'Email Complaint Received', { eventType: 'Complaint', ...about(mail), complaint: {} });

export const bounce = (service: Service, mail: SesMessage, bounceType = 'Permanent', bounceSubType = 'General') =>
  report(service, 'Email Bounced', { eventType: 'Bounce', ...about(mail), bounce: { bounceType, bounceSubType } });
