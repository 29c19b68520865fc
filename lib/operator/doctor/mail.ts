/** Whether mails leave, and whether they arrive: SES, and the addresses that get none any more. */
import { suppressedSince } from '../../../functions/store/condition.ts';
import { mailConfigurationSet } from '../../service/environment.ts';
import { domainOf, type Identity, type MailAccount, readIdentities, readMailAccount } from '../account.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import { type Figures, none, readFigures } from './figures.ts';
import type { Look } from './look.ts';
import { count, DAY, listed } from './words.ts';

const readAccount = ({ aws }: Look) => readMailAccount(aws);
const readSender = ({ aws, settings }: Look) => readIdentities(aws, settings);

const WAITS = 'No mail leaves: no links to verify an address or to set a password. They wait, then are dead letters.';

export function judgeSending({ SendingEnabled, EnforcementStatus = 'HEALTHY' }: MailAccount): Verdict {
  if (!SendingEnabled || EnforcementStatus === 'SHUTDOWN')
    return fault(
      `SES does not send for this account (${EnforcementStatus})`,
      WAITS,
      `Answer AWS's case; ${readme('Alarms')}, mail-stopped`,
    );
  if (EnforcementStatus === 'HEALTHY') return ok('SES sends for this account');
  return warning(
    `SES has put the account under review (${EnforcementStatus})`,
    'It may stop the account, for bounces or complaints.',
    `Answer AWS's case; ${readme('Alarms')}, mail-bounces`,
  );
}

/** A stage that holds nothing dear may live in the sandbox. */
export function judgeSandbox({ ProductionAccessEnabled }: MailAccount, { settings }: Judged): Verdict {
  if (ProductionAccessEnabled) return ok('SES has production access');
  return (settings.deployment.retainData ? fault : warning)(
    'SES is in the sandbox: it only sends to verified addresses, 200 mails a day',
    'People who register get no mail.',
    `Request production access in the SES console; ${readme('Mail')}`,
  );
}

export function judgeQuota({ SendQuota }: MailAccount): Verdict | undefined {
  // -1 is no limit.
  if (!SendQuota || SendQuota.Max24HourSend <= 0) return undefined;
  const { Max24HourSend: most, SentLast24Hours: sent, MaxSendRate: rate } = SendQuota;
  const seen = `SES sent ${sent} of ${most} mails in a day, at most ${rate} a second`;
  if (sent < most * 0.8) return ok(seen);
  const mend = 'Request more: Service Quotas, Amazon SES, Sending quota';
  return (sent >= most ? fault : warning)(seen, 'Beyond the quota SES refuses mails.', mend);
}

export function judgeSender(identities: readonly Identity[], { settings }: Judged): Verdict {
  const { sender } = settings.service.mail;
  const verified = identities.find(({ VerifiedForSendingStatus }) => VerifiedForSendingStatus);
  if (verified) return ok(`The sender ${sender} is verified, by ${verified.name}`);
  const pending = identities[0];
  return (settings.deployment.retainData ? fault : warning)(
    pending
      ? `The sender ${sender} is not verified: SES waits for ${pending.name}`
      : `The sender ${sender} is not verified`,
    WAITS,
    pending
      ? `Publish the records of aws sesv2 get-email-identity --email-identity ${pending.name}`
      : `aws sesv2 create-email-identity --email-identity ${domainOf(sender)}; ${readme('Mail')}`,
  );
}

/** Source: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimAttributes.html */
export function judgeDkim(identities: readonly Identity[], { settings }: Judged): Verdict | undefined {
  const domain = identities.find(({ name }) => !name.includes('@'));
  const { name, DkimAttributes: dkim } = domain ?? {};
  if (!name || !dkim) {
    if (identities.length === 0) return undefined;
    return warning(
      `Mails of ${settings.service.mail.sender} are not signed by its domain`,
      'Many mail servers take them for spam.',
      `aws sesv2 create-email-identity --email-identity ${domainOf(settings.service.mail.sender)}`,
    );
  }
  if (dkim.Status === 'SUCCESS' && dkim.SigningEnabled !== false) return ok(`DKIM signs the mails of ${name}`);
  return warning(
    `DKIM does not sign the mails of ${name}: ${dkim.Status === 'SUCCESS' ? 'switched off' : dkim.Status}`,
    'Many mail servers take them for spam.',
    `Publish the three CNAME records of aws sesv2 get-email-identity --email-identity ${name}`,
  );
}

interface ConfigurationSet {
  readonly SendingOptions?: { readonly SendingEnabled?: boolean };
  readonly DeliveryOptions?: { readonly TlsPolicy?: string };
  readonly SuppressionOptions?: { readonly SuppressedReasons?: readonly string[] };
}

/** Source: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetConfigurationSet.html */
const readSet = ({ aws, settings: { stage } }: Look) =>
  aws<ConfigurationSet>('ses:GetConfigurationSet', { ConfigurationSetName: mailConfigurationSet(stage) });

export function judgeSet(
  { SendingOptions, DeliveryOptions, SuppressionOptions }: ConfigurationSet,
  judged: Judged,
): Verdict {
  const name = mailConfigurationSet(judged.settings.stage);
  if (SendingOptions?.SendingEnabled === false)
    return fault(
      `Sending is paused in the configuration set ${name}`,
      WAITS,
      `aws sesv2 put-configuration-set-sending-options --configuration-set-name ${name} --sending-enabled`,
    );
  const changed = [
    ...(DeliveryOptions?.TlsPolicy === 'REQUIRE' ? [] : ['TLS is not required']),
    ...(SuppressionOptions?.SuppressedReasons?.includes('COMPLAINT') ? ['SES holds back mails to complainers'] : []),
  ];
  if (changed.length === 0) return ok(`The configuration set ${name} sends, over TLS alone`);
  return warning(
    `The configuration set ${name} was changed: ${listed(changed)}`,
    'Links may travel in clear, or not reach who asks for them.',
    judged.command('deploy'),
  );
}

interface Destinations {
  readonly EventDestinations?: readonly {
    readonly Enabled?: boolean;
    readonly MatchingEventTypes?: readonly string[];
    readonly EventBridgeDestination?: object;
  }[];
}

/** Source: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetConfigurationSetEventDestinations.html */
const readDestinations = ({ aws, settings: { stage } }: Look) =>
  aws<Destinations>('ses:GetConfigurationSetEventDestinations', { ConfigurationSetName: mailConfigurationSet(stage) });

export function judgeFeedback({ EventDestinations = [] }: Destinations, { command }: Judged): Verdict {
  const told = new Set(
    EventDestinations.filter(({ Enabled, EventBridgeDestination: bus }) => Enabled && bus).flatMap(
      ({ MatchingEventTypes }) => MatchingEventTypes ?? [],
    ),
  );
  const missing = ['BOUNCE', 'COMPLAINT', 'REJECT'].filter((type) => !told.has(type));
  if (missing.length === 0) return ok('SES reports bounces and complaints');
  return warning(
    `SES does not report: ${listed(missing)}`,
    'Mail goes on to addresses that bounce, which may cost the account its reputation.',
    command('deploy'),
  );
}

const readReputation = async (look: Look) => ({
  account: await look.once(readAccount),
  figures: await look.once(readFigures),
});

/** SES reviews an account from 5 % and 0.1 %: https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html */
export function judgeReputation({ account, figures }: { account: MailAccount; figures: Figures }): Verdict {
  const [bounces, complaints] = [figures.get('bounces')?.latest, figures.get('complaints')?.latest];
  if (bounces === undefined && complaints === undefined)
    return account.SendQuota?.SentLast24Hours ? none('bounces') : ok('No mail was sent within a day, so none bounced');
  const percent = (share = 0) => `${(share * 100).toFixed(2)} %`;
  const seen = `Bounces ${percent(bounces)}, complaints ${percent(complaints)} of the account's mails`;
  if ((bounces ?? 0) < 0.05 && (complaints ?? 0) < 0.001) return ok(seen);
  return warning(seen, 'SES may stop the account.', `${readme('Alarms')}, mail-bounces`);
}

const readSuppressed = async ({ sql, now }: Look) =>
  sql((database) => suppressedSince(database, new Date(now.getTime() - DAY)));

export function judgeSuppressed(addresses: number): Verdict {
  const seen = `${count(addresses, 'address', 'addresses')} stopped getting mail within a day`;
  if (addresses < 100) return ok(seen);
  return warning(
    seen,
    'Somebody registers other people’s addresses, or SES is refused somewhere.',
    `${readme('Alarms')}, mail-bounces`,
  );
}

export const mailChecks: readonly Check[] = [
  check('mail-sending', 'whether SES sends', readAccount, judgeSending),
  check('mail-sender', 'whether the sender is verified', readSender, judgeSender),
  check('mail-sandbox', 'whether SES is in the sandbox', readAccount, judgeSandbox),
  check('mail-set', 'how the configuration set is', readSet, judgeSet),
  check('mail-quota', 'how much of SES’s quota is used', readAccount, judgeQuota),
  check('mail-dkim', 'whether DKIM signs mails', readSender, judgeDkim),
  check('mail-feedback', 'whether SES reports bounces', readDestinations, judgeFeedback),
  check('mail-reputation', 'how many mails bounce', readReputation, judgeReputation),
  check('mail-suppressed', 'how many addresses get no mail', readSuppressed, judgeSuppressed),
];
