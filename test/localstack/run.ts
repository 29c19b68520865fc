/**
 * `npm run test:localstack`: the real CDK app, deployed by the CDK CLI to an emulator of AWS, as a stage that retains its
 * data: first in vain, which is taken back and leaves no name taken, then in the two steps of `npm run deploy`; the doctor on
 * it, and on what is broken then; the end-to-end suite through its API Gateway; one function changed and deployed again, which updates the stack of its subject
 * and no other; the stage made one that retains nothing, and destroyed. Leaves nothing running.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { repoRoot } from '../../lib/build/folders.ts';
import { readArguments } from '../../lib/command/read-arguments.ts';
import { runScript } from '../../lib/command/run-script.ts';
import { awsRequests } from '../../lib/operator/aws-request.ts';
import { deployStage } from '../../lib/operator/deployment.ts';
import { parseSettings, type StageSettingsInput } from '../../lib/service/config.ts';
import type { Target } from '../e2e/target.ts';
import { makeBusQueue } from './bus-queue.ts';
import { type Cdk, cdkWith } from './cdk.ts';
import { credentials, startDataApi } from './data-api.ts';
import { seeBrokenStage, seeHealthyStage } from './doctor.ts';
import { type Emulator, installEmulator, startEmulator, whyNoEmulator } from './emulator.ts';
import { leftovers } from './leftovers.ts';
import { verifyDomain } from './mail-sender.ts';
import { updatedStacks } from './nested-stacks.ts';
import { freePort } from './program.ts';
import { secretsIn } from './secrets-in-log.ts';

const REGION = 'eu-north-1';
const ACCOUNT = '000000000000';
const STAGE = 'emulated';
const SENDER = 'no-reply@school.example';

/** What this emulator cannot show; templates are held to it by test/stack, the rest is for a stage on AWS. */
const NOT_TRIED = [
  'IAM policies: it asks for none of them',
  'an Aurora of the stack’s own: it has none without Docker, so the stack is given a cluster',
  'CloudFront and AWS WAF: it answers for them, but looks at no request',
  'throttles of the API’s routes: it has none',
  'a function that changes its stack',
];

const closers: (() => Promise<unknown>)[] = [];
let closing: Promise<void> | undefined;
await runScript(() => void readArguments('npm run test:localstack takes none', {}));
if (!process.exitCode) await begin();

async function begin(): Promise<void> {
  const missing = await whyNoEmulator();
  if (missing && process.env.CI) throw new Error(`${missing}, and in CI this test must run`);
  if (missing) console.log(`test:localstack skipped: ${missing}`);
  else await main();
}

async function main(): Promise<void> {
  process.env.PATH = [join(repoRoot, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const work = await mkdtemp(join(tmpdir(), 'localstack-'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void close(work).then(() => process.exit(1)));
  try {
    const python = await step('install the emulator', () => installEmulator(join(repoRoot, '.build', 'ministack')));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const dataApi = await step('start PostgreSQL and the RDS Data API', () =>
      startDataApi(work, { url, region: REGION }),
    );
    closers.push(dataApi.stop);
    const emulator = await step('start the emulator', () =>
      startEmulator(python, { port, work, dataApiUrl: dataApi.url }),
    );
    closers.push(emulator.stop);

    Object.assign(process.env, {
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_S3: url,
      // For the doctor, as the emulator hands it to functions.
      AWS_ENDPOINT_URL_RDS_DATA: dataApi.url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: REGION,
      CDK_DEFAULT_ACCOUNT: ACCOUNT,
      CDK_DEFAULT_REGION: REGION,
    });
    const settings = {
      stage: STAGE,
      service: { mail: { sender: SENDER } },
      deployment: {
        retainData: true,
        alarms: { on: true, emails: ['on-call@example.com'] },
        database: {
          clusterArn: `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:given`,
          secretArn: await dataApi.makeOwnerSecret(),
          name: dataApi.databaseName,
        },
      },
    };
    const cdk = await cdkWith({ work, settings });
    await verifyDomain(SENDER);
    await step('cdk bootstrap', cdk.bootstrap);
    await step('cdk deploy that fails, and is taken back', () => deployInVain(cdk, emulator));
    const { Issuer = '', EventBusName = '' } = await step('npm run deploy', () => deployInTwoSteps(cdk, settings));
    await step('npm run doctor, on a healthy stage', () => seeHealthyStage(settings, Issuer));
    await step('npm run doctor, on a broken stage', () => seeBrokenStage(settings));
    const events = await makeBusQueue(EventBusName);
    const target: Target = { url: Issuer, eventsQueue: events.url, mailsPage: `${url}/_ministack/ses/messages` };
    await step('end-to-end suite', () => runSuite(target));

    process.env.E2E_TARGET = JSON.stringify(target);
    const { find, leave } = await import('./survivors.ts');
    const left = await leave();
    const changed = { npm_package_version: '0.0.0-changed' };
    await step('cdk deploy, one function changed', () => cdk.deploy({ env: changed }));
    await step('sessions, keys and events survive', () => find(left));
    assert.deepEqual(await updatedStacks(url), ['Documents'], 'the stack of /healthz was updated, and no other');

    assert.deepEqual(await secretsIn(join(work, 'emulator.log')), [], 'no secret is in a log');
    await events.remove();
    await assert.rejects(cdk.destroy, /TerminationProtection/i, 'a stage that retains its data is not destroyed');
    const mortal = await cdkWith({
      work,
      settings: { ...settings, deployment: { ...settings.deployment, retainData: false } },
    });
    await step('cdk deploy, retaining nothing', () => mortal.deploy({ env: changed }));
    await step('cdk destroy', mortal.destroy);
    assert.deepEqual(await leftovers(STAGE, url), [], 'nothing is left');
    for (const what of NOT_TRIED) console.log(`not tried here: ${what}`);
  } finally {
    await close(work);
  }
}

/** The last of all resources is refused, when everything else is made, and the first keys with it. */
async function deployInVain(cdk: Cdk, emulator: Emulator): Promise<void> {
  await emulator.refuseLast(() => assert.rejects(() => cdk.deploy({ args: ['-c', 'first=true'] }), /refused/));
  const left = await leftovers(STAGE, emulator.url);
  // A stage that retains its data keeps its keys, and the next try finds them by their aliases.
  const keys = left.filter((name) => name.startsWith('key '));
  assert.deepEqual(left, keys, 'a first deployment that failed leaves no name taken');
  assert.equal(keys.length, 1, 'it had come as far as the first key');
}

/** @returns the root stack's outputs */
async function deployInTwoSteps(cdk: Cdk, settings: StageSettingsInput): Promise<Readonly<Record<string, string>>> {
  const outputs: Readonly<Record<string, string>>[] = [];
  await deployStage({
    settings: parseSettings(settings),
    ask: awsRequests(),
    cdk: async ([_deploy, _all, ...args]) => void outputs.push(await cdk.deploy({ args })),
    say: (line) => console.log(`  ${line}`),
  });
  assert.equal(outputs.length, 2, 'a new stage that retains its data is deployed in two steps');
  return outputs[1] ?? {};
}

/** Once: after a signal, the step that it cut short fails while this is still under way, and must wait for it. */
function close(work: string): Promise<void> {
  closing ??= endAll(work);
  return closing;
}

/** Ends what was started, the latest first. */
async function endAll(work: string): Promise<void> {
  for (let end = closers.pop(); end; end = closers.pop()) {
    await end().catch((error: unknown) => console.error(error));
  }
  if (process.env.KEEP) console.log(`kept: ${work}`);
  else await rm(work, { recursive: true, force: true });
}

/** Not synchronously: the RDS Data API is in this process. */
async function runSuite({ url, eventsQueue = '', mailsPage = '' }: Target): Promise<void> {
  const options = ['--url', url, '--events-queue', eventsQueue, '--mails', mailsPage];
  const suite = spawn('node', [join(repoRoot, 'test', 'e2e', 'run.ts'), ...options], { stdio: 'inherit' });
  const [code] = await once(suite, 'close');
  assert.equal(code, 0, 'the end-to-end suite fails');
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  console.log(`— ${name}`);
  const result = await work();
  console.log(`  ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return result;
}
