/** What callers reach at the issuer's address. No permission is needed for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../build/folders.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import { type PublishedKeys, readKeys } from './keys.ts';
import type { Document, Look } from './look.ts';
import { readIssuer } from './stack.ts';
import { count, DAY, day, listed } from './words.ts';

interface Read extends Document {
  readonly issuer: string;
}

const readAt =
  (path: string) =>
  async (look: Look): Promise<Read> => {
    const issuer = await look.once(readIssuer);
    const answer = await look.get(`${issuer}${path}`);
    // Once more: what fails twice is no function that just started.
    return { issuer, ...(answer.status < 500 ? answer : await look.get(`${issuer}${path}`)) };
  };

const readDocument = readAt('/.well-known/openid-configuration');

/** AWS has answered by now, so it is not this machine that has no network: status 0, and why. */
const readDiscovery = async (look: Look): Promise<Read> => {
  const issuer = await look.once(readIssuer);
  return look.once(readDocument).catch((error: Error) => ({ issuer, status: 0, body: error.message }));
};
const readHealth = readAt('/healthz');
const readPublished = readAt('/.well-known/jwks.json');

const NOT_REACHED = 'Who verifies tokens finds no keys, and probably nobody can sign in.';
const SEE_5XX = `${readme('Alarms')}, api-5xx; with a domain of your own, look at its DNS`;

export function judgeDiscovery({ issuer, status, body }: Read): Verdict {
  if (status === 0)
    return fault(
      `${issuer} cannot be reached: ${body}`,
      'Nobody can sign in.',
      new URL(issuer).hostname === 'localhost'
        ? 'npm start runs it; give the doctor its PORT'
        : 'Look at its DNS, its edge and its certificate',
    );
  if (status !== 200) return fault(`${issuer} answers ${status} for its discovery document`, NOT_REACHED, SEE_5XX);
  const said = memberOf(body, 'issuer');
  if (said === issuer) return ok(`${issuer} answers, and says that it is the issuer`);
  return fault(
    `${issuer} says that the issuer is ${said}`,
    'Verifiers that are configured with one of the two refuse every token.',
    'edge.domain in cdk.json, and where its DNS leads (README, "Deploying")',
  );
}

export function judgePublished({ status, body, issuer }: Read, kms: PublishedKeys, { command }: Judged): Verdict {
  if (status !== 200) return fault(`${issuer} answers ${status} for its keys (JWKS)`, NOT_REACHED, SEE_5XX);
  const served = ((memberOf(body, 'keys') ?? []) as { kid: string }[]).map(({ kid }) => kid);
  if (served.length === 0) return fault(`${issuer} publishes no key`, NOT_REACHED, command('keys -- status'));
  const missing = kms.kids.filter((kid) => !served.includes(kid));
  const others = served.filter((kid) => !kms.kids.includes(kid));
  const look = `Look again in five minutes, as long as an edge may keep the document; ${command('keys -- status')}`;
  if (kms.active !== undefined && missing.includes(kms.active))
    return fault(
      'The key that signs is not among the published keys',
      'Every verifier refuses the tokens of now.',
      look,
    );
  if (others.length > 0)
    return warning(
      `Published keys that KMS does not have in use: ${listed(others)}`,
      'Tokens of a revoked key may still be accepted.',
      look,
    );
  if (missing.length > 0)
    return warning(`Keys in KMS are not published yet: ${listed(missing)}`, 'They do not sign before that.', look);
  return ok(`The published keys are those in KMS: ${count(served.length, 'key')}`);
}

const { version: own } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));

export function judgeVersion({ status, body, issuer }: Read, { command }: Judged): Verdict {
  if (status !== 200)
    return fault(`${issuer}/healthz answers ${status}`, 'Functions do not run, or are not reached.', SEE_5XX);
  const version = memberOf(body, 'version');
  if (version === own) return ok(`Version ${version} serves, as in this checkout`);
  return warning(
    `Version ${version} serves, and this checkout is ${own}`,
    'What is said here is held against this checkout.',
    `git checkout the version that serves, or ${command('deploy')}`,
  );
}

function memberOf(body: string, name: string): unknown {
  try {
    return JSON.parse(body)[name];
  } catch {
    return undefined;
  }
}

async function readCertificateEnd(look: Look): Promise<{ host: string; end: Date } | undefined> {
  const { protocol, host } = new URL(await look.once(readIssuer));
  return protocol === 'https:' ? { host, end: await look.certificateEnd(host) } : undefined;
}

/** ACM renews sixty days before the end: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html */
export function judgeCertificate(certificate: { host: string; end: Date } | undefined, { now }: Judged) {
  if (!certificate) return undefined;
  const { host, end } = certificate;
  const left = end.getTime() - now.getTime();
  const seen = `The certificate of ${host} is valid until ${day(end)}`;
  const mend = 'aws acm describe-certificate --certificate-arn … (RenewalSummary): its DNS record must still be there';
  if (left < 14 * DAY) return fault(seen, 'After that nobody reaches the service.', mend);
  if (left < 45 * DAY) return warning(seen, 'ACM should have renewed it by now.', mend);
  return ok(seen);
}

export const documentChecks: readonly Check[] = [
  check('discovery', 'whether the service answers at its address', readDiscovery, judgeDiscovery),
  check(
    'published-keys',
    'whether the published keys are those in KMS',
    async (look) => ({ document: await look.once(readPublished), kms: await look.once(readKeys) }),
    ({ document, kms }, judged) => judgePublished(document, kms, judged),
  ),
  check('version', 'which version serves', readHealth, judgeVersion),
  check('certificate', 'until when the certificate is valid', readCertificateEnd, judgeCertificate),
];
