/** The local SES v2: accepts messages and keeps the latest, for tests and for people who need a mailed link. */
import { randomUUID } from 'node:crypto';
import type { SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import type { Wire } from './protocol.ts';
import { AwsError, type AwsService } from './service.ts';
import type { SesMessage } from './ses-message.ts';
import { type MailReport, simulate } from './ses-simulator.ts';

export type { SesMessage } from './ses-message.ts';

export interface SesService extends AwsService {
  /** The latest messages, oldest first. */
  messages(): readonly SesMessage[];
  clear(): void;
}

type Input = Wire<SendEmailCommandInput>;
type Mail = Pick<SesMessage, 'Source' | 'Destination' | 'Subject' | 'Body' | 'RawData'>;

const keptMessages = 1000;
/** SES's limit per message. */
const recipientLimit = 50;

interface SesOptions {
  readonly now?: () => Date;
  readonly region?: string;
  /** Takes what becomes of a mail to the mailbox simulator; nobody by default. */
  readonly publish?: (event: MailReport) => void;
}

/** Every identity counts as verified; an address `suppressed@…` is refused. */
export function sesService({
  now = () => new Date(),
  region = 'eu-north-1',
  publish = () => {},
}: SesOptions = {}): SesService {
  let kept: SesMessage[] = [];

  function sendEmail(input: Input): { MessageId: string } {
    const mail = mailIn(input);
    checkAddresses(mail);
    checkTags(input.EmailTags ?? []);
    const message: SesMessage = {
      Id: `${now().getTime().toString(16).padStart(16, '0')}-${randomUUID()}-000000`,
      Region: region,
      Timestamp: now().toISOString(),
      ...mail,
      ConfigurationSetName: input.ConfigurationSetName,
      Tags: input.EmailTags,
    };
    kept = [...kept, message].slice(-keptMessages);
    for (const report of simulate(message)) publish(report);
    return { MessageId: message.Id };
  }

  return {
    id: 'sesv2',
    operations: { SendEmail: sendEmail },
    messages: () => kept,
    clear() {
      kept = [];
    },
  };
}

function mailIn({ Content, FromEmailAddress, Destination }: Input): Mail {
  if (Content?.Template) {
    throw new AwsError('NotFoundException', `Template ${Content.Template.TemplateName} does not exist.`, 404);
  }
  if (Content?.Raw) return rawMail(Content.Raw, FromEmailAddress, Destination);
  if (!Content?.Simple) throw badRequest('Content must be Simple, Raw or Template.');

  const { Subject, Body } = Content.Simple;
  if (Subject?.Data === undefined) throw badRequest('The subject is missing.');
  const [text, html] = [Body?.Text?.Data, Body?.Html?.Data];
  if (text === undefined && html === undefined) throw badRequest('The body is missing.');
  return {
    Source: FromEmailAddress ?? '',
    Destination: Destination ?? {},
    Subject: Subject.Data,
    Body: { text_part: text ?? null, html_part: html ?? null },
  };
}

/** When the request leaves out the envelope of a MIME message, the message's header gives it. */
function rawMail({ Data }: { Data: string | undefined }, from: string | undefined, to: Input['Destination']): Mail {
  const RawData = Buffer.from(Data ?? '', 'base64').toString('utf8');
  const [head = ''] = RawData.split(/\r?\n\r?\n/, 1);
  const unfolded = head.replace(/\r?\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}:[ \t]*(.*)$`, 'im').exec(unfolded)?.[1]?.trim();
  const list = (name: string) => header(name)?.split(/\s*,\s*/);
  return {
    Source: from ?? header('From') ?? '',
    Destination: to ?? { ToAddresses: list('To'), CcAddresses: list('Cc'), BccAddresses: list('Bcc') },
    Subject: header('Subject'),
    RawData,
  };
}

function checkAddresses({ Source, Destination }: Mail): void {
  const { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = Destination;
  const recipients = [...ToAddresses, ...CcAddresses, ...BccAddresses];
  if (Source === '') throw badRequest("Missing required header 'From'.");
  if (recipients.length === 0) throw badRequest('The message has no recipients.');
  if (recipients.length > recipientLimit) throw badRequest(`Recipient count exceeds ${recipientLimit}.`);
  for (const address of [Source, ...recipients]) {
    if (!/^[^@]+@[^@]+$/.test(address)) throw badRequest("Missing final '@domain'");
    if (/[\r\n]/.test(address)) throw badRequest('Address contains illegal characters');
  }
  const suppressed = recipients.find((address) => /(^|<)suppressed@/i.test(address));
  if (suppressed) throw new AwsError('MessageRejected', `Address is on the suppression list: ${suppressed}`);
}

function checkTags(tags: readonly { Name?: string; Value?: string }[]): void {
  for (const { Name = '', Value = '' } of tags) {
    if (!/^[\w-]{1,256}$/.test(Name)) throw badRequest(`Invalid tag name <${Name}>`);
    if (!/^[\w.@-]{1,256}$/.test(Value)) throw badRequest(`Invalid tag value <${Value}>`);
  }
}

const badRequest = (message: string) => new AwsError('BadRequestException', message);
