/** CloudFront, its firewall, and the certificates that ACM renews. */
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import type { Look } from './look.ts';
import { judgeStatus, NoStage, outputOf, readStack, readStackNamed, type Stack } from './stack.ts';
import { day, listed } from './words.ts';
import { listOf } from './xml.ts';

/** Where CloudFront takes firewalls and certificates from. */
const HOME = 'us-east-1';

const firewallOf = (stage: string) => `identity-${stage}-firewall`;

/** @returns null when it is missing, undefined where there need be none: without an edge, or with a web ACL of somebody's */
async function readFirewall(look: Look): Promise<Stack | null | undefined> {
  const { stage, deployment } = look.settings;
  if (!deployment.edge || deployment.edge.webAclArn) return undefined;
  return readStackNamed(look, firewallOf(stage), HOME).catch((error: unknown) => {
    if (error instanceof NoStage) return null;
    throw error;
  });
}

export function judgeFirewall(stack: Stack | null | undefined, judged: Judged): Verdict | undefined {
  const name = firewallOf(judged.settings.stage);
  if (stack) return judgeStatus(name, stack, judged);
  if (stack === undefined) return undefined;
  return fault(
    `There is no stack ${name} in ${HOME}`,
    'cdk.json wants an edge, and the stage has no firewall for it.',
    judged.command('deploy'),
  );
}

export interface Distribution {
  readonly DomainName: string;
  readonly Status: string;
  readonly Enabled: string;
  readonly WebACLId?: string;
  readonly Aliases?: { readonly Items?: unknown };
}

/** Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListDistributions.html */
async function readDistribution(look: Look): Promise<Distribution | undefined> {
  if (!look.settings.deployment.edge) return undefined;
  const domain = outputOf(await look.once(readStack), 'EdgeDomainName');
  const all = await look.pages<Distribution>(
    'cloudfront:ListDistributions',
    {},
    { list: ({ Items }) => listOf(Items, 'DistributionSummary'), token: ['NextMarker', 'Marker'] },
  );
  const found = all.find(({ DomainName }) => DomainName === domain);
  if (!found) throw new Error(`there is no distribution ${domain}`);
  return found;
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
  if (name && !listOf<string>(Aliases?.Items, 'CNAME').includes(name))
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
  check('firewall-stack', 'the state of the firewall’s stack', readFirewall, judgeFirewall),
  check('edge', 'the state of the edge', readDistribution, judgeDistribution),
  check('acm', 'whether ACM renews the certificates', readCertificates, judgeCertificates),
];
