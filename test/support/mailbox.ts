/** A person's mail, as the local SES got it. */
import type { SesMessage } from '../../lib/local/aws/ses.ts';
import type { Service } from './service.ts';

/** Sends what is in the outbox and waits for the mails to have gone. */
export async function deliverMail(service: Service): Promise<void> {
  await service.runJob('relay-outbox', { drain: true });
  await service.events.settled();
}

/** The mails to an address, oldest first. */
export const mailTo = (service: Service, email: string): readonly SesMessage[] =>
  service.ses.messages().filter(({ Destination }) => Destination.ToAddresses?.includes(email));

/** The newest mail to an address with a template. */
export async function newestMail(service: Service, email: string, template: string): Promise<SesMessage> {
  await deliverMail(service);
  const newest = mailTo(service, email).findLast(({ Tags }) => Tags?.some(({ Value }) => Value === template));
  if (!newest) throw new Error(`no mail ${template} to ${email}`);
  return newest;
}

/** The link of a mail's button. */
export function linkIn({ Body }: SesMessage): URL {
  const href = /class="button" href="([^"]+)"/.exec(Body?.html_part ?? '')?.[1];
  if (!href) throw new Error('the mail has no button');
  return new URL(href.replaceAll('&amp;', '&'));
}

/** The token that the newest mail with this template carries. */
export async function mailedToken(service: Service, email: string, template: string): Promise<string> {
  const token = linkIn(await newestMail(service, email, template)).searchParams.get('token');
  if (!token) throw new Error('the link has no token');
  return token;
}
