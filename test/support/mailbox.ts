/** A person's mails, as the local SES got them. */
import type { SesMessage } from '../../lib/local/aws/ses.ts';
import type { Service } from './service.ts';

/** Sends the events in the outbox and waits until their mails are sent. */
export async function deliverMail(service: Service): Promise<void> {
  await service.runJob('relay-outbox', { drain: true });
  await service.events.settled();
}

/** The mails to an address, oldest first. */
export const mailTo = (service: Service, email: string): readonly SesMessage[] =>
  service.ses.messages().filter(({ Destination }) => Destination.ToAddresses?.includes(email));

/** The mails to an address with a template that are sent so far, oldest first. */
async function mailsOf(service: Service, email: string, template: string): Promise<SesMessage[]> {
  await deliverMail(service);
  return mailTo(service, email).filter(({ Tags }) => Tags?.some(({ Value }) => Value === template));
}

/** The newest mail to an address with a template: by the id of its token, since two that are due at once arrive in any order. */
export async function newestMail(service: Service, email: string, template: string): Promise<SesMessage> {
  const mails = await mailsOf(service, email, template);
  const newest = mails.toSorted((one, other) => tokenId(one).localeCompare(tokenId(other))).at(-1);
  if (!newest) throw new Error(`there is no mail ${template} to ${email}`);
  return newest;
}

const BUTTON = /class="button" href="([^"]+)"/;
const hasButton = ({ Body }: SesMessage) => BUTTON.test(Body?.html_part ?? '');

/** The link of a mail's button. */
export function linkIn({ Body }: SesMessage): URL {
  const href = BUTTON.exec(Body?.html_part ?? '')?.[1];
  if (!href) throw new Error('the mail has no button');
  return new URL(href.replaceAll('&amp;', '&'));
}

/** The newest token mailed with this template. */
export async function mailedToken(service: Service, email: string, template: string): Promise<string> {
  const token = tokenIn(await newestMail(service, email, template));
  if (token === '') throw new Error(`the mail ${template} to ${email} has no token`);
  return token;
}

/** The code of the newest mail to an address with a template. */
export async function mailedCode(service: Service, email: string, template = 'email_login'): Promise<string> {
  const { Body } = await newestMail(service, email, template);
  const code = /class="code"[^>]*>(\d{6})</.exec(Body?.html_part ?? '')?.[1];
  if (!code) throw new Error('the mail has no code');
  return code;
}

const tokenIn = (mail: SesMessage) => (hasButton(mail) ? (linkIn(mail).searchParams.get('token') ?? '') : '');

/** The token's UUIDv7, whose order is the order in time; of a mail without one nothing, so such mails stay in their order. */
const tokenId = (mail: SesMessage) => Buffer.from(tokenIn(mail), 'base64url').subarray(1, 17).toString('hex');
