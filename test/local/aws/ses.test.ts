import {
  SESv2Client,
  SESv2ServiceException,
  SendEmailCommand,
  type SendEmailCommandInput,
} from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { sesService } from '../../../lib/local/aws/ses.ts';
import type { MailReport } from '../../../lib/local/aws/ses-simulator.ts';

const reports: MailReport[] = [];
const ses = sesService({ now: () => new Date('2026-03-01T12:00:00Z'), publish: (report) => reports.push(report) });
let endpoint: Endpoint;
let client: SESv2Client;

beforeAll(async () => {
  endpoint = await startEndpoint({ port: 0, services: [ses] });
  client = new SESv2Client({
    endpoint: endpoint.url,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(() => endpoint.close());
beforeEach(() => {
  ses.clear();
  reports.length = 0;
});

const simple: SendEmailCommandInput = {
  FromEmailAddress: 'Identity <no-reply@example.test>',
  Destination: { ToAddresses: ['ada@example.test'], CcAddresses: ['c@example.test'], BccAddresses: ['b@example.test'] },
  Content: { Simple: { Subject: { Data: 'Hej å' }, Body: { Text: { Data: 'text' }, Html: { Data: '<p>html</p>' } } } },
  ConfigurationSetName: 'identity',
  EmailTags: [{ Name: 'category', Value: 'verification' }],
};
const send = (change: Partial<SendEmailCommandInput> = {}) =>
  client.send(new SendEmailCommand({ ...simple, ...change }));

describe('the local SES', () => {
  it("keeps a message in LocalStack's form", async () => {
    const { MessageId } = await send();
    expect(MessageId).toMatch(/^[0-9a-f]{16}-[0-9a-f-]{36}-000000$/);
    expect(ses.messages()).toEqual([
      {
        Id: MessageId,
        Region: 'eu-north-1',
        Timestamp: '2026-03-01T12:00:00.000Z',
        Source: simple.FromEmailAddress,
        Destination: simple.Destination,
        Subject: 'Hej å',
        Body: { text_part: 'text', html_part: '<p>html</p>' },
        ConfigurationSetName: 'identity',
        Tags: [{ Name: 'category', Value: 'verification' }],
      },
    ]);
  });

  it('takes a message with only one body part', async () => {
    await send({ Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } } });
    expect(ses.messages()[0]?.Body).toEqual({ text_part: 't', html_part: null });
  });

  it('reads the envelope of a raw message from its header if the request leaves it out', async () => {
    const mime = [
      'From: no-reply@example.test',
      'To: ada@example.test,',
      ' bob@example.test',
      'Subject: Raw',
      '',
      'To: not-a-header@example.test',
    ].join('\r\n');
    await send({ Content: { Raw: { Data: Buffer.from(mime) } }, FromEmailAddress: undefined, Destination: undefined });
    expect(ses.messages()[0]).toMatchObject({
      Source: 'no-reply@example.test',
      Destination: { ToAddresses: ['ada@example.test', 'bob@example.test'] },
      Subject: 'Raw',
      RawData: mime,
    });
  });

  it.each<[string, Partial<SendEmailCommandInput>]>([
    ['no content', { Content: {} }],
    ['no subject', { Content: { Simple: { Subject: undefined, Body: { Text: { Data: 't' } } } } }],
    ['no body', { Content: { Simple: { Subject: { Data: 's' }, Body: {} } } }],
    ['no sender', { FromEmailAddress: undefined }],
    ['no recipient', { Destination: {} }],
    ['an address without a domain', { Destination: { ToAddresses: ['ada'] } }],
    ['an address that begins a header', { Destination: { ToAddresses: ['ada@example.test\r\nBcc: eve'] } }],
    ['51 recipients', { Destination: { ToAddresses: Array.from({ length: 51 }, (_, n) => `u${n}@example.test`) } }],
    ['a tag with a space', { EmailTags: [{ Name: 'category', Value: 'a b' }] }],
  ])('answers BadRequestException to %s', async (_, change) => {
    const error = await send(change).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SESv2ServiceException);
    expect(error).toMatchObject({ name: 'BadRequestException', $metadata: { httpStatusCode: 400 } });
    expect(ses.messages()).toEqual([]);
  });

  it('rejects a suppressed address', async () => {
    const to = { Destination: { ToAddresses: ['Ada <suppressed@example.test>'] } };
    await expect(send(to)).rejects.toMatchObject({ name: 'MessageRejected', $metadata: { httpStatusCode: 400 } });
  });

  it('has no templates', async () => {
    await expect(send({ Content: { Template: { TemplateName: 'welcome' } } })).rejects.toMatchObject({
      name: 'NotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('keeps the latest thousand', async () => {
    const sendEmail = ses.operations.SendEmail;
    const wire = JSON.parse(JSON.stringify(simple));
    for (let n = 0; n < 1001; n += 1) {
      sendEmail?.({ ...wire, Content: { Simple: { Subject: { Data: String(n) }, Body: wire.Content.Simple.Body } } });
    }
    expect(ses.messages()).toHaveLength(1000);
    expect([ses.messages()[0]?.Subject, ses.messages().at(-1)?.Subject]).toEqual(['1', '1000']);
  });
});

describe('the mailbox simulator', () => {
  const sendTo = (...ToAddresses: string[]) => send({ Destination: { ToAddresses } });

  it.each([
    [
      'bounce+1@simulator.amazonses.com',
      'Email Bounced',
      'bounce',
      { bounceType: 'Permanent', bounceSubType: 'General' },
    ],
    ['suppressionlist@simulator.amazonses.com', 'Email Bounced', 'bounce', { bounceSubType: 'Suppressed' }],
    ['ooto@simulator.amazonses.com', 'Email Bounced', 'bounce', { bounceType: 'Transient' }],
    ['complaint@simulator.amazonses.com', 'Email Complaint Received', 'complaint', { complaintFeedbackType: 'abuse' }],
  ])('reports on a mail to %s with its tags, after taking it', async (address, type, name, about) => {
    const { MessageId } = await sendTo(address);
    expect(reports).toMatchObject([
      {
        source: 'aws.ses',
        'detail-type': type,
        resources: ['arn:aws:ses:eu-north-1:000000000000:configuration-set/identity'],
        detail: {
          [name]: about,
          mail: {
            messageId: MessageId,
            destination: [address],
            tags: { 'ses:configuration-set': ['identity'], category: ['verification'] },
          },
        },
      },
    ]);
  });

  it('says nothing of other mails, nor without a configuration set', async () => {
    await sendTo('success@simulator.amazonses.com', 'bounce@example.test');
    await send({ Destination: { ToAddresses: ['bounce@simulator.amazonses.com'] }, ConfigurationSetName: undefined });
    expect(reports).toEqual([]);
    expect(ses.messages()).toHaveLength(2);
  });
});
