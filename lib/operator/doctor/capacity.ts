/** Quotas of the account, and what was refused within a day because of them. */
import { functions } from '../../service/functions.ts';
import { withThrottles } from '../../service/throttles.ts';
import { type Concurrency, KEPT_BY_LAMBDA, readConcurrency } from '../account.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import { type Figures, none, OWN_FAILURES, readFigures } from './figures.ts';
import { type Look, Refused } from './look.ts';
import { listed } from './words.ts';

const readLimits = ({ aws }: Look) => readConcurrency(aws);

export function judgeConcurrency(limits: Concurrency, { settings }: Judged): Verdict {
  const { ConcurrentExecutions: most, UnreservedConcurrentExecutions: unreserved } = limits;
  const { reserveConcurrency, throttles } = settings.deployment;
  const wanted = withThrottles(functions, throttles).reduce((sum, { concurrency = 0 }) => sum + concurrency, 0);
  const seen = `Lambda: ${unreserved} of ${most} concurrent executions are unreserved`;
  const mend = `Service Quotas, AWS Lambda, Concurrent executions; ${readme('Deploying')}`;
  if (unreserved < KEPT_BY_LAMBDA)
    return warning(seen, 'A new account has 10: a few people at once, and the rest get 503.', mend);
  if (reserveConcurrency || most >= wanted + KEPT_BY_LAMBDA) return ok(seen);
  return warning(seen, 'A flood at one route starves the others, sign-in among them, and nothing is reserved.', mend);
}

export function judgeThrottled(figures: Figures): Verdict {
  const refused = figures.get('throttles')?.sum;
  if (refused === undefined) return none('Lambda');
  if (refused === 0) return ok('Lambda refused no invocation within a day');
  return warning(
    `Lambda refused ${refused} invocations in this region within a day`,
    'People got 503, or a job came later.',
    `${readme('Alarms')}, functions-throttled`,
  );
}

export function judgeErrors(figures: Figures): Verdict {
  const [failed, requests] = [figures.get('5xx')?.sum ?? 0, figures.get('requests')?.sum];
  if (requests === undefined) return none('the API');
  const seen = `${failed} of ${requests} requests ended in a 5xx within a day`;
  if (failed < 5 || failed / requests < 0.001) return ok(seen);
  const means = 'Callers got errors.';
  return (failed / requests < 0.01 ? warning : fault)(seen, means, `${readme('Alarms')}, api-5xx`);
}

export function judgeFailures(figures: Figures): Verdict {
  if (!figures.has('own')) return none('the service itself');
  const failed = OWN_FAILURES.flatMap((name) => {
    const sum = figures.get(name)?.sum ?? 0;
    return sum > 0 ? [`${name} ${sum}`] : [];
  });
  if (failed.length === 0) return ok('The functions reported no failure of what they lean on within a day');
  return warning(
    `Within a day: ${listed(failed, 5)}`,
    'Something that functions lean on failed for a while.',
    `${readme('Alarms')}, the row of that name; the log of the functions has the reason`,
  );
}

/** RSA operations a second: https://docs.aws.amazon.com/kms/latest/developerguide/increase-quota.html names the code. */
const RSA_QUOTA = { ServiceCode: 'kms', QuotaCode: 'L-2AC98190' };

/** Source: https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html */
async function readRsaQuota({ aws }: Look): Promise<number> {
  const { Quota } = await aws<{ Quota?: { Value?: number } }>('servicequotas:GetServiceQuota', RSA_QUOTA);
  if (Quota?.Value === undefined) throw new Refused('servicequotas:GetServiceQuota', new Error('no value'));
  return Quota.Value;
}

/** Logins and refreshes sign once each. */
const SIGNING = ['POST /v1/auth/login', 'POST /v1/auth/refresh'];

export function judgeRsaQuota(quota: number, { settings }: Judged): Verdict {
  const routes = withThrottles(functions, settings.deployment.throttles).flatMap(({ triggers }) =>
    triggers.flatMap((trigger) => (trigger.kind === 'http' ? [trigger.route] : [])),
  );
  const most = routes
    .filter(({ method, path }) => SIGNING.includes(`${method} ${path}`))
    .reduce((sum, { throttle }) => sum + throttle.rate, 0);
  const seen = `KMS: ${quota} RSA operations a second, and the throttles let ${most} logins and refreshes in`;
  if (most <= quota || !settings.deployment.retainData) return ok(seen);
  return warning(
    seen,
    'At such a peak, sign-ins beyond the quota get 503 until it is over.',
    'Request more (Service Quotas, AWS KMS, Cryptographic operations (RSA) request rate), or lower deployment.throttles',
  );
}

export const capacityChecks: readonly Check[] = [
  check('api-errors', 'how many requests end in an error', readFigures, judgeErrors),
  check('failures', 'what functions report', readFigures, judgeFailures),
  check('lambda-throttles', 'whether Lambda refuses invocations', readFigures, judgeThrottled),
  check('lambda-concurrency', 'how many functions may run at once', readLimits, judgeConcurrency),
  check('signing-quota', 'how much KMS signs a second', readRsaQuota, judgeRsaQuota),
];
