/** Whether what is deployed is what this checkout would deploy, and whether somebody has stopped parts of it by hand. */
import { isDeepStrictEqual } from 'node:util';
import { nameOnAws } from '../../aws/names.ts';
import { settingsJson } from '../../service/config.ts';
import { functions } from '../../service/functions.ts';
import { functionsOf, isUnattended } from '../../service/present.ts';
import { withThrottles } from '../../service/throttles.ts';
import { reservedFor } from '../account.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import type { Look } from './look.ts';
import { count, listed } from './words.ts';

export interface Deployed {
  readonly FunctionName: string;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}

/** The stage's functions. Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
export async function readFunctions({ pages, settings: { stage } }: Look): Promise<Deployed[]> {
  const page = { list: 'Functions', token: ['NextMarker', 'Marker'] } as const;
  const all = await pages<Deployed>('lambda:ListFunctions', {}, page);
  // A name does not say it: identity-prod-eu-sweep may be of the stage prod-eu.
  return all.filter(({ FunctionName, Environment }) =>
    Environment?.Variables
      ? Environment.Variables.STAGE === stage
      : functions.some(({ name }) => nameOnAws(stage, name) === FunctionName),
  );
}

export function judgeFunctions(deployed: readonly Deployed[], { settings, command }: Judged): Verdict {
  const { stage } = settings;
  const there = new Set(deployed.map(({ FunctionName }) => FunctionName));
  const ours = new Set(functions.map(({ name }) => nameOnAws(stage, name)));
  // What CloudFormation alone calls may have gone with what it is for.
  const missing = functionsOf(settings)
    .filter(({ triggers }) => triggers.every(({ kind }) => kind !== 'resource'))
    .map(({ name }) => nameOnAws(stage, name))
    .filter((name) => !there.has(name));
  const others = [...there].filter((name) => !ours.has(name));
  const mend = `Deploy this checkout (${command('deploy')}), or look with the one that was deployed`;
  if (missing.length > 0)
    return fault(
      `${count(missing.length, 'function')} of this checkout missing: ${listed(missing)}`,
      'Their routes answer 404, their jobs do not run.',
      mend,
    );
  if (others.length > 0)
    return warning(
      `${count(others.length, 'function')} that this checkout does not have: ${listed(others)}`,
      'The stage was deployed from another version.',
      mend,
    );
  return ok(`All ${count(there.size, 'function')} of this checkout are there`);
}

export function judgeSettings(deployed: readonly Deployed[], { settings, command }: Judged): Verdict {
  const wanted: Readonly<Record<string, unknown>> = JSON.parse(settingsJson(settings.service));
  const changed = new Set<string>();
  const readable = deployed.flatMap(({ Environment }) => Environment?.Variables?.SETTINGS ?? []);
  if (readable.length === 0) throw new Error('the variables of no function can be read');
  for (const text of new Set(readable)) {
    const there: Readonly<Record<string, unknown>> = JSON.parse(text);
    // In whichever order a part has its fields: defaults that follow from others come last.
    for (const name of Object.keys({ ...there, ...wanted }))
      if (!isDeepStrictEqual(there[name], wanted[name])) changed.add(name);
  }
  if (changed.size === 0) return ok('The functions have the settings of cdk.json');
  return warning(
    `Other settings than in cdk.json: ${listed([...changed], 5)}`,
    'A setting works from the next deployment on.',
    command('deploy'),
  );
}

/** Those that nobody calls, and those that reserve: a recovery stops them by a concurrency of 0. */
export async function readStopped({ aws, settings }: Look): Promise<string[]> {
  const { stage, deployment } = settings;
  const stoppable = withThrottles(functions, deployment.throttles).filter(
    (spec) => isUnattended(spec) || spec.concurrency !== undefined,
  );
  const reserved = await Promise.all(
    stoppable.map(async ({ name }) => [name, await reservedFor(aws, nameOnAws(stage, name))] as const),
  );
  return reserved.flatMap(([name, concurrency]) => (concurrency === 0 ? [name] : []));
}

export function judgeStopped(stopped: readonly string[], { settings }: Judged): Verdict {
  if (stopped.length === 0) return ok('No function is stopped');
  const { reserveConcurrency, throttles } = settings.deployment;
  const starting = withThrottles(functions, throttles)
    .filter(({ name }) => stopped.includes(name))
    // A deployment brings no reservation back: its template has not changed.
    .map(({ name, concurrency }) =>
      reserveConcurrency && concurrency !== undefined
        ? `put-function-concurrency --reserved-concurrent-executions ${concurrency} --function-name ${nameOnAws(settings.stage, name)}`
        : `delete-function-concurrency --function-name ${nameOnAws(settings.stage, name)}`,
    );
  return fault(
    `Stopped by a reserved concurrency of 0: ${listed(stopped, 5)}`,
    'Lambda runs none of them: somebody stopped them, as the first step of a recovery does.',
    `${starting.map((one) => `aws lambda ${one}`).join('; ')}; ${readme('Recovery')}`,
  );
}

export interface Throttles {
  readonly defaultRouteSettings?: Throttle;
  readonly routeSettings?: Readonly<Record<string, Throttle>>;
}

interface Throttle {
  readonly throttlingRateLimit?: number;
  readonly throttlingBurstLimit?: number;
}

/** Source: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html */
export async function readApiId({ pages, settings: { stage } }: Look): Promise<string> {
  const page = { list: 'items', token: ['nextToken', 'nextToken'] } as const;
  const apis = await pages<{ apiId: string; name: string }>('apigateway:GET#apis', {}, page);
  const api = apis.find(({ name }) => name === `identity-${stage}`);
  if (!api) throw new Error(`there is no API identity-${stage}`);
  return api.apiId;
}

export const readThrottles = async (look: Look): Promise<Throttles> =>
  look.aws('apigateway:GET#stage', { ApiId: await look.once(readApiId), StageName: '$default' });

export function judgeThrottles({ defaultRouteSettings = {}, routeSettings = {} }: Throttles): Verdict {
  const isClosed = ({ throttlingRateLimit: rate, throttlingBurstLimit: burst }: Throttle) => rate === 0 || burst === 0;
  const routes = Object.entries(routeSettings);
  const closed = routes.filter(([, throttle]) => isClosed(throttle)).map(([route]) => route);
  if (closed.length === 0 && (routes.length > 0 || !isClosed(defaultRouteSettings)))
    return ok(`The API lets requests in, with throttles for ${count(routes.length, 'route')}`);
  return fault(
    `The API lets no request in: ${closed.length > 0 ? listed(closed) : 'every route'} has a throttle of 0`,
    'Everybody gets 429, as during a recovery.',
    readme('Recovery'),
  );
}

export const deployedChecks: readonly Check[] = [
  check('api-open', 'whether the API lets requests in', readThrottles, judgeThrottles),
  check('functions', 'whether all functions are there', readFunctions, judgeFunctions),
  check('stopped-functions', 'whether a function is stopped', readStopped, judgeStopped),
  check('settings', 'whether the deployed settings are those of cdk.json', readFunctions, judgeSettings),
];
