/** CloudFront, its firewall, and the certificates that ACM renews. */
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import type { Look } from './look.ts';
import { judgeStatus, outputOf, readStack, readStackNamed, type Stack } from './stack.ts';
import { day, listed } from './words.ts';

/** Where CloudFront takes firewalls and certificates from. */
const HOME = 'us-east-1';

const firewallOf = (stage: string) => `identity-${stage}-firewall`;

const readFirewall = async (look: Look): Promise<Stack | undefined> =>
  look.settings.deployment.edge && readStackNamed(look, firewallOf(look.settings.stage), HOME);

export interface Distribution {
  readonly DomainName: string;
  readonly Status: string;
  readonly Enabled: string;
  readonly WebACLId?: string;
  readonly Aliases?: { readonly Items?: readonly string[] | '' };
}

/** Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListDistributions.html */
async function readDistribution(look: Look): Promise<Distribution | undefined> {
  if (!look.settings.deployment.edge) return undefined;
  const domain = outputOf(await look.once(readStack), 'EdgeDomainName');
  let Marker = '';
  do {
    type Answer = { Items?: Record<'DistributionSummary', unknown> | Distribution[] | ''; NextMarker?: string };
    const answer: Answer = await look.aws('cloudfront:ListDistributions', Marker ? { Marker } : {});
    const items = distributionsOf(answer.Items);
    const found = items.find(({ DomainName }) => DomainName === domain);
    if (found) return found;
    Marker = answer.NextMarker ?? '';
  } while (Marker);
  throw new Error(`there is no distribution ${domain}`);
}

/** Its list is `Items`, of `DistributionSummary`: one of them looks like no list. */
function distributionsOf(items: unknown): Distribution[] {
  if (!items) return [];
  const { DistributionSummary: summary } = items as { DistributionSummary?: unknown };
  return [summary ?? items].flat() as Distribution[];
}

export function judgeDistribution(
  distribution: Distribution | undefined,
  { settings, command }: Judged,
): Verdict | undefined {
  if (!distribution) return undefined;
  const { DomainName, Status, Enabled, WebACLId, Aliases } = distribution;
  if (Enabled !== 'true')
    return fault(`The edge ${DomainName} is switched off`, 'Nobody reaches the service.', command('deploy'));
  if (!WebACLId)
    return fault(
      `The edge ${DomainName} has no firewall`,
      'One client can use up the throttle that all share.',
      command('deploy'),
    );
  const name = settings.deployment.edge?.domain?.name;
  const aliases = Aliases?.Items || [];
  if (name && !JSON.stringify(aliases).includes(`"${name}"`))
    return fault(`The edge does not know the name ${name}`, 'CloudFront answers 403 under it.', command('deploy'));
  if (Status !== 'Deployed')
    return warning(
      `The edge ${DomainName} is ${Status}`,
      'Some places still have its former configuration.',
      'Wait for it',
    );
  return ok(`The edge ${DomainName} is deployed, with its firewall`);
}

export interface Certificate {
  readonly DomainName: string;
  readonly Status: string;
  readonly NotAfter?: number;
  readonly RenewalEligibility?: string;
  readonly RenewalSummary?: { readonly RenewalStatus: string };
}

/** Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html */
async function readCertificates({ aws, settings }: Look): Promise<Certificate[]> {
  const { domain, apiDomain } = settings.deployment.edge ?? {};
  const arns = [domain, apiDomain].flatMap((one) => one?.certificateArn ?? []);
  return Promise.all(
    arns.map(async (CertificateArn) => {
      const region = CertificateArn.split(':')[3];
      type Answer = { readonly Certificate: Certificate };
      return (await aws<Answer>('acm:DescribeCertificate', { CertificateArn }, region)).Certificate;
    }),
  );
}

export function judgeCertificates(certificates: readonly Certificate[]): Verdict | undefined {
  if (certificates.length === 0) return undefined;
  const bad = certificates.filter(({ Status }) => Status !== 'ISSUED');
  const mend = `aws acm describe-certificate (DomainValidationOptions): publish its DNS records; ${readme('Deploying')}`;
  if (bad.length > 0)
    return fault(
      `Certificates of ACM: ${listed(bad.map(({ DomainName, Status }) => `${DomainName} ${Status}`))}`,
      'Browsers and services refuse the connection.',
      mend,
    );
  const stuck = certificates.filter(
    ({ RenewalSummary: renewal, RenewalEligibility }) =>
      RenewalEligibility === 'INELIGIBLE' || /PENDING_VALIDATION|FAILED/.test(renewal?.RenewalStatus ?? ''),
  );
  if (stuck.length > 0)
    return warning(
      `ACM does not renew: ${listed(stuck.map(({ DomainName }) => DomainName))}`,
      'When it ends, nobody reaches the service.',
      mend,
    );
  const ends = certificates.map(
    ({ DomainName, NotAfter }) => `${DomainName}${NotAfter ? ` until ${day(new Date(NotAfter * 1000))}` : ''}`,
  );
  return ok(`ACM renews by itself: ${listed(ends)}`);
}

export const edgeChecks: readonly Check[] = [
  check(
    'firewall-stack',
    'the state of the firewall’s stack',
    readFirewall,
    (stack, judged) => stack && judgeStatus(firewallOf(judged.settings.stage), stack, judged),
  ),
  check('edge', 'the state of the edge', readDistribution, judgeDistribution),
  check('acm', 'whether ACM renews the certificates', readCertificates, judgeCertificates),
];
