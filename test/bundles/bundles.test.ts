import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Capability } from '../../lib/service/capability.ts';
import { functions } from '../../lib/service/functions.ts';
import { deployedBundles } from '../support/deployed-bundles.ts';

const bundles = await deployedBundles();
const bundleOf = (name: string) => join(bundles, name, 'index.mjs');

/** The files that a bundle was made of, as its source map has them. */
const sourcesOf = (name: string): string[] => JSON.parse(readFileSync(`${bundleOf(name)}.map`, 'utf8')).sources;

const packagesOf = (name: string) =>
  new Set(sourcesOf(name).flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));

/** The services whose clients a capability needs. */
function clientsFor(capability: Capability): string[] {
  switch (capability) {
    case 'sign':
    case 'read-public-keys':
    case 'rotate-keys':
      return ['kms'];
    case 'database':
      return ['rds-data'];
    case 'migrate':
      return ['rds-data', 'secrets-manager'];
    case 'put-events':
      return ['eventbridge'];
    case 'send-email':
      return ['sesv2'];
    case 'keep-dead-letters':
      return ['sqs'];
    case 'pictures':
    case 'trusted-issuers':
      return [];
    default:
      return ['secrets-manager'];
  }
}

/** What no function needs: each was once there, or would come back with one import too many. */
const unwanted = {
  "the SDK's default credential chain": /credential-provider-(?!env)|nested-clients|token-providers/,
  'files of profiles and SSO': /shared-ini-file-loader\/(parseIni|readFile|getSSO|loadSso)/,
  'event streams': /submodules\/event-streams\/eventstream-/,
  "the SDK's descriptions of itself, its log and its adaptive retries":
    /check-features|recursionDetectionMiddleware|lambda-invoke-store|DefaultRateLimiter|Sha256Js\/|Int64/,
  "the SDK's CBOR, XML and query protocols":
    /submodules\/cbor\/(?!.*ByteBuffer)|xml-builder|fast-xml-parser|query-protocol/i,
  "zod's classic API, with all its locales": /zod\/v4\/(classic|locales\/(?!en))/,
  'the settings and their checks': /(^|\/)lib\/service\/config\.ts$/,
  'the table of routes': /(^|\/)lib\/service\/(routes|functions)\b/,
  X: /aws-xray|@aws-lambda-powertools/,
};

describe.each(functions)('$name', ({ name, may, bundleKiB }) => {
  it(`weighs at most ${bundleKiB} KiB`, () => {
    expect(statSync(bundleOf(name)).size / 1024).toBeLessThanOrEqual(bundleKiB);
  });

  it('holds the clients of the services that it may call, and no others', () => {
    const clients = [...packagesOf(name)].flatMap((one) => /^@aws-sdk\/client-(.+)/.exec(one)?.[1] ?? []);
    expect(clients.sort()).toEqual([...new Set(may.flatMap(clientsFor))].sort());
  });

  it('loads nothing that it does not need', () => {
    const found = sourcesOf(name).flatMap((file) =>
      Object.entries(unwanted).flatMap(([what, pattern]) => (pattern.test(file) ? [`${what}: ${file}`] : [])),
    );
    expect(found).toEqual([]);
  });
});

it('has a hasher only where a password is hashed', () => {
  const hashing = functions.filter(({ name }) => packagesOf(name).has('hash-wasm')).map(({ name }) => name);
  expect(hashing.sort()).toEqual([
    'auth-change-password',
    'auth-login',
    'auth-me-delete',
    'auth-reauthenticate',
    'auth-register',
    'auth-reset-factors',
    'auth-reset-password',
    // Where the setting `verification` asks for the registrant's password.
    'auth-verify-email',
    'pages-account-password',
    'pages-reset-factors',
    'pages-reset-password-post',
    'pages-sign-in',
    'pages-sign-up',
    'pages-verify-email-post',
  ]);
});
