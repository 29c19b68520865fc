/**
 * This machine as a host: everything that a deployment has on AWS, made of a PostgreSQL, worker threads and two ports.
 * Functions, bundles and variables come from the same tables as on AWS, so functions see no difference.
 */
import { join } from 'node:path';
import { makeDirectory } from '../command/make-directory.ts';
import { clientsOf } from '../service/clients.ts';
import { parseSettings, type StageSettingsInput, settingsJson } from '../service/config.ts';
import { environmentOf, type Resources } from '../service/environment.ts';
import { writeFolders } from '../service/folders.ts';
import { functions as allFunctions, type FunctionSpec } from '../service/functions.ts';
import { type Endpoint, startEndpoint } from './aws/endpoint.ts';
import { type EventBridge, eventBridgeService } from './aws/events.ts';
import { kmsService } from './aws/kms.ts';
import { rdsDataService } from './aws/rds-data.ts';
import { type S3Service, s3Service } from './aws/s3.ts';
import { secretsManagerService } from './aws/secrets-manager.ts';
import type { AwsService } from './aws/service.ts';
import { type SesService, sesService } from './aws/ses.ts';
import { type SqsService, sqsService } from './aws/sqs.ts';
import { createClock } from './clock.ts';
import { createControl } from './control.ts';
import { demoApp } from './demo-app.ts';
import { demoClients } from './demo-clients.ts';
import { startGateway } from './gateway.ts';
import { keepLatest } from './keep-latest.ts';
import { createRuntime, type InvokeResult, type LogLine, type Runtime } from './runtime.ts';
import { startScheduler } from './scheduler.ts';
import { openStageDatabase, type SharedDatabase, type StageDatabase } from './stage-database.ts';
import { newRole, stageSecrets } from './stage-secrets.ts';
import type { TlsFiles } from './tls-files.ts';
import { deploy, deployClients, schedulesOf, subscribe } from './triggers.ts';

export interface HostOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Serves https in place of http; the issuer follows. */
  readonly tls?: TlsFiles;
  /** `host:port` of servers that functions may fetch from although they are on this machine, with commas between them (S78). */
  readonly fetchAllow?: string;
  /** For the AWS endpoint and the control routes; 0 takes a free port. */
  readonly awsPort: number;
  /** The folder that keeps keys, secrets and the database between starts. */
  readonly directory: string;
  /** The folder that holds the bundles, one folder per function. */
  readonly bundles: string;
  readonly functions?: readonly FunctionSpec[];
  readonly service?: StageSettingsInput['service'];
  readonly trustedIssuers?: NonNullable<StageSettingsInput['deployment']>['trustedIssuers'];
  /** A database of a PostgreSQL that is running already, in place of the host's own. */
  readonly database?: SharedDatabase;
  /** Begins with an empty database. */
  readonly fresh?: boolean;
  /** Whether the jobs of a deployment have run: the database is migrated, and the folder has the keys. */
  readonly deployed?: boolean;
  /** Whether jobs run by the clock, which is the default; otherwise they run on demand only. */
  readonly schedules?: boolean;
  /** How many events of one function run at once; by default one more than there are cores. */
  readonly maxConcurrency?: number;
  /** What only tests may ask for: `npm start` never does (test/unit/structure). */
  readonly forTests?: {
    /** Functions share their execution environments: environment-pool.ts says what that does not prove. */
    readonly sharedEnvironments?: boolean;
    /** Hashes that cost less than settings may (`argon2`), for passwords that nobody needs to keep. */
    readonly cheapHashes?: boolean;
  };
  readonly onLog?: (line: LogLine) => void;
  /** Called when PostgreSQL has ended by itself. The host must still be stopped. */
  readonly onFailure?: (error: Error) => void;
}

export interface Host {
  /** The issuer. */
  readonly url: string;
  readonly awsUrl: string;
  readonly endpoint: Endpoint;
  readonly runtime: Runtime;
  readonly database: StageDatabase;
  readonly events: EventBridge;
  readonly ses: SesService;
  /** Hold the dead letters that functions themselves put there. */
  readonly queues: SqsService;
  /** Holds the exported audit log, in {@link ARCHIVE}. */
  readonly buckets: S3Service;
  /** The latest lines that functions wrote, at least 10,000 of them, oldest first. */
  logs(): readonly LogLine[];
  /** Runs a job at once; undefined when there is no such job. */
  runJob(name: string, event?: unknown): Promise<InvokeResult> | undefined;
  /** Sets the time that functions and services see, in seconds from the real time. */
  setClockOffset(seconds: number): void;
  /** Stops everything that was started; the kept data stay. */
  stop(): Promise<void>;
}

/** The least that Argon2 itself takes: RFC 9106 §3.1. */
const CHEAPEST = { memory: 8, passes: 1, lanes: 1 };

const REGION = 'eu-north-1';
const ACCOUNT_ID = '000000000000';
const STAGE = 'local';
const BUS = `identity-${STAGE}`;
export const ARCHIVE = `identity-${STAGE}-archive`;

/**
 * Starts everything and resolves when requests are served.
 * @throws Error of one line with the reason; nothing is left running then
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (let close = closers.pop(); close; close = closers.pop()) {
      // A part that fails to stop must not keep the others running.
      await close().catch((error: unknown) => console.error('Local host:', error));
    }
  };
  try {
    return { ...(await start(options, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param closers receives a function for each part that was started, which stops it; in the order of the starts */
async function start(options: HostOptions, closers: (() => Promise<unknown>)[]): Promise<Omit<Host, 'stop'>> {
  const { functions = allFunctions, schedules = true, forTests = {}, trustedIssuers } = options;
  const settings = parseSettings({ stage: STAGE, service: options.service, deployment: { trustedIssuers } });
  const { service } = settings;
  const directory = makeDirectory(options.directory, { namedBy: 'LOCAL_DIR' });
  const logs = keepLatest<LogLine>(10_000);
  const clock = createClock();
  const { now } = clock;

  // Both ports are taken before PostgreSQL is touched: a second host on the same data must fail at the ports.
  const { linkBaseUrl } = service;
  const hostNames = linkBaseUrl === undefined ? [] : [new URL(linkBaseUrl).hostname];
  const gateway = await startGateway({ port: options.port, tls: options.tls, hostNames, functions, now });
  closers.push(gateway.close);

  const secretsManager = secretsManagerService({ file: join(directory, 'secrets.json'), now });
  const events = eventBridgeService({ busNames: [BUS], now });
  const ses = sesService({ now, publish: events.publish });
  const queues = sqsService();
  const buckets = s3Service({ directory: join(directory, 's3'), buckets: [ARCHIVE], now });
  const services: AwsService[] = [
    kmsService({ file: join(directory, 'kms.json'), now }),
    secretsManager,
    events,
    ses,
    queues,
    buckets,
  ];
  let ready = false;
  const control = createControl({ events, ses, clock, runJob, isReady: () => ready });
  const endpoint = await startEndpoint({ port: options.awsPort, services, control });
  closers.push(endpoint.close);

  const secrets = await stageSecrets(secretsManager, {
    owner: options.database?.owner ?? newRole('identity_owner'),
    application: newRole(`${options.database?.name ?? 'identity'}_functions`),
  });
  const database = await openStageDatabase(options.database ?? { directory: join(directory, 'postgres') }, {
    fresh: options.fresh ?? false,
    owner: await secrets.databaseRole(secrets.ownerArn),
    onExit: (error) => options.onFailure?.(error),
  });
  closers.push(database.stop);
  const rdsData = rdsDataService({
    postgres: database.postgres,
    resolveSecret: secrets.databaseRole,
    databaseName: database.name,
    now,
  });
  services.push(rdsData);
  closers.push(rdsData.close);

  const resources: Resources = {
    settings: settingsJson(forTests.cheapHashes ? { ...service, argon2: CHEAPEST } : service),
    issuer: gateway.url,
    stage: STAGE,
    database: {
      clusterArn: `arn:aws:rds:${REGION}:${ACCOUNT_ID}:cluster:identity-${STAGE}`,
      name: database.name,
      ownerSecretArn: secrets.ownerArn,
      applicationSecretArn: secrets.applicationArn,
    },
    account: 'arn:aws:iam::000000000000:root',
    eventBusName: BUS,
    archive: { bucketName: ARCHIVE, account: ACCOUNT_ID, prefix: 'audit' },
    secretArns: secrets.arns,
    clientSecretArns: {},
    ...writeFolders(settings, directory),
  };
  const runtime = createRuntime({
    functions,
    directory: options.bundles,
    clock,
    variables: (spec) => ({
      ...environmentOf(spec, {
        ...resources,
        deadLettersUrl: `${endpoint.url}/${ACCOUNT_ID}/identity-${STAGE}-${spec.name}-failed`,
      }),
      ...(options.fetchAllow ? { LOCAL_FETCH_ALLOW: options.fetchAllow } : {}),
    }),
    endpointUrl: endpoint.url,
    region: REGION,
    accountId: ACCOUNT_ID,
    maxConcurrency: options.maxConcurrency,
    sharedEnvironments: forTests.sharedEnvironments,
    onLog(line) {
      logs.add(line);
      options.onLog?.(line);
    },
  });
  closers.push(events.stop, runtime.close);

  function runJob(name: string, event: unknown = { drain: true }): Promise<InvokeResult> | undefined {
    const isJob = functions.some((spec) => spec.name === name && spec.entry.startsWith('functions/jobs/'));
    return isJob && ready ? runtime.invoke(name, event) : undefined;
  }

  if (!options.deployed) {
    await deploy(functions, runtime);
    await deployClients(functions, clientsOf(demoClients(gateway.url), service), secrets, runtime);
  }
  subscribe(functions, events, { busName: BUS, stage: STAGE }, runtime);
  if (schedules) {
    const scheduler = startScheduler(schedulesOf(functions, runtime, now()), clock);
    // Nothing waits for it: runs under way end with the runtime, which is closed next.
    closers.push(async () => void scheduler.stop());
  }
  gateway.serve(runtime.invoke, demoApp(gateway.url, service.brand));
  // Added last, so closed first: requests under way still find everything that they need.
  closers.push(gateway.close);
  ready = true;
  return {
    url: gateway.url,
    awsUrl: endpoint.url,
    endpoint,
    runtime,
    database,
    events,
    ses,
    queues,
    buckets,
    logs: logs.all,
    runJob,
    setClockOffset: clock.setOffset,
  };
}
