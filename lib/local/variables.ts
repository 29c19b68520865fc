/** The local host's options, from the environment and the command line. */
import { stageInCdkJson } from '../build/cdk-json.ts';
import type { StageSettingsInput } from '../service/config.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';

export interface LocalVariables {
  readonly port: number;
  readonly awsPort: number;
  readonly directory: string;
  readonly fresh: boolean;
  /** Undefined for plain http. */
  readonly tls: TlsFiles | undefined;
  /** What functions may fetch from although it is no public address; undefined for nothing. */
  readonly fetchAllow: string | undefined;
  readonly service: NonNullable<StageSettingsInput['service']>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error of one line that names the variable or argument that is wrong */
export function readVariables(
  environment: Environment,
  args: readonly string[],
  stageOf = stageInCdkJson,
): LocalVariables {
  const unknown = args.find((argument) => argument !== '--fresh');
  if (unknown !== undefined) throw new Error(`Unknown argument ${unknown}; the only one is --fresh`);
  return {
    port: port(environment, 'PORT', 3000),
    awsPort: port(environment, 'AWS_PORT', 4566),
    directory: environment.LOCAL_DIR || '.local',
    fresh: args.includes('--fresh'),
    tls: tls(environment),
    fetchAllow: fetchAllow(environment),
    service: {
      ...looks(environment, stageOf),
      rateLimiting: oneOf(environment, 'RATE_LIMITS', ['on', 'off']),
      passwordHasher: oneOf(environment, 'PASSWORD_HASHER', ['wasm', 'native']),
      secondFactor: oneOf(environment, 'SECOND_FACTOR', ['off', 'optional', 'required']),
      emailLogin: oneOf(environment, 'EMAIL_LOGIN', ['off', 'on', 'only']),
      mailAsSecondFactor: oneOf(environment, 'MAIL_AS_SECOND_FACTOR', ['off', 'level2']),
      statusListSeconds: statusListSeconds(environment),
      ...registration(environment),
    },
  };
}

/** 0 takes a free port. */
function port(environment: Environment, name: string, byDefault: number): number {
  const text = environment[name] || String(byDefault);
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`${name} must be a port, 0 to 65535, not ${JSON.stringify(text)}`);
}

function statusListSeconds({ STATUS_LIST_SECONDS: text }: Environment): number | undefined {
  if (!text) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 300) return Number(text);
  throw new Error(`STATUS_LIST_SECONDS must be a number of seconds, 0 to 300, not ${JSON.stringify(text)}`);
}

function tls({ TLS_CERT, TLS_KEY }: Environment): TlsFiles | undefined {
  if (!TLS_CERT && !TLS_KEY) return undefined;
  if (!TLS_CERT || !TLS_KEY) throw new Error('TLS_CERT and TLS_KEY go together: each names a PEM file');
  return readTlsFiles(TLS_CERT, TLS_KEY);
}

function fetchAllow({ LOCAL_FETCH_ALLOW }: Environment): string | undefined {
  const wrong = LOCAL_FETCH_ALLOW?.split(',').find((one) => !/^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i.test(one));
  if (!LOCAL_FETCH_ALLOW || wrong === undefined) return LOCAL_FETCH_ALLOW || undefined;
  throw new Error(
    `LOCAL_FETCH_ALLOW must be host:port, or several with commas between them, not ${JSON.stringify(wrong)}`,
  );
}

/** For whoever tries clients that make themselves known: both ways of it. */
function registration(environment: Environment): Pick<LocalVariables['service'], 'registration'> {
  const clients = oneOf(environment, 'REGISTRATION', ['off', 'token', 'open']);
  if (clients === undefined) return {};
  const resources = environment.RESOURCES?.split(',');
  return { registration: { clients, documents: clients !== 'off', ...(resources && { resources }) } };
}

/** For whoever tries a brand: pages and mails as a stage of cdk.json has them. */
function looks(
  { BRAND }: Environment,
  stageOf: typeof stageInCdkJson,
): Pick<LocalVariables['service'], 'brand' | 'mail'> {
  if (!BRAND) return {};
  const { brand, mail } = stageOf(BRAND).service ?? {};
  return { ...(brand && { brand }), ...(mail && { mail }) };
}

/** Undefined when the variable is not set: then the setting has its default. */
function oneOf<T extends string>(environment: Environment, name: string, values: readonly T[]): T | undefined {
  const text = environment[name] || undefined;
  if (text === undefined || values.some((value) => value === text)) return text as T | undefined;
  throw new Error(`${name} must be ${values.join(' or ')}, not ${JSON.stringify(text)}`);
}
