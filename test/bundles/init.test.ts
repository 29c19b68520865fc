/** What a function makes Node load before its first request: each module is a part of every cold start. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { SecretName } from '../../lib/service/capability.ts';
import { parseSettings, settingsJson } from '../../lib/service/config.ts';
import { environmentOf, type Resources } from '../../lib/service/environment.ts';
import { type FunctionSpec, functions } from '../../lib/service/functions.ts';
import { deployedBundles } from '../support/deployed-bundles.ts';

const bundles = await deployedBundles();

/** Of Node's own modules, internal ones counted: without a client of AWS, with clients. Today's number and a few. */
const WITHOUT_CLIENT = 52;
const WITH_CLIENTS = 92;

/** Never for a request: each brings dozens of others, or is a sign of something that Lambda does not need. */
const unwanted = /^(child_process|cluster|http2|inspector|repl|readline|dgram|sqlite|test|internal\/deps\/undici)/;

const resources: Resources = {
  settings: settingsJson(parseSettings({ stage: 'test' }).service),
  issuer: 'https://identity.example',
  stage: 'test',
  database: { clusterArn: 'cluster', name: 'identity', ownerSecretArn: 'owner', applicationSecretArn: 'application' },
  account: 'arn:aws:iam::000000000000:root',
  eventBusName: 'identity-test',
  archive: { bucketName: 'identity-test-archive', account: '000000000000', prefix: 'audit' },
  deadLettersUrl: 'https://sqs.example/dead-letters',
  clientSecretArns: {},
  secretArns: new Proxy({} as Record<SecretName, string>, { get: (_, name) => String(name) }),
};

it.concurrent.each(functions)('$name loads few of Node’s modules', async (spec) => {
  const modules = await modulesLoadedBy(spec);
  expect(modules.length).toBeLessThanOrEqual(spec.may.length === 0 ? WITHOUT_CLIENT : WITH_CLIENTS);
  expect(modules.filter((name) => unwanted.test(name))).toEqual([]);
});

/** In a fresh process, those which loading the bundle adds to what Node has loaded by then. */
async function modulesLoadedBy(spec: FunctionSpec): Promise<string[]> {
  const bundle = pathToFileURL(join(bundles, spec.name, 'index.mjs')).href;
  const program = `
    const before = new Set(process.moduleLoadList);
    await import(${JSON.stringify(bundle)});
    console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name))));
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      ...environmentOf(spec, resources),
      AWS_LAMBDA_FUNCTION_NAME: spec.name,
      AWS_REGION: 'eu-north-1',
      // Nothing listens there: a function must tolerate that its first fetches fail.
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  });
  return (JSON.parse(stdout) as string[]).flatMap((name) => /^NativeModule (.+)/.exec(name)?.[1] ?? []);
}
