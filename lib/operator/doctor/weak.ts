/** Settings that are weak for a stage that keeps its data. What is refused at the synth is not repeated here. */
import type { StageSettings } from '../../service/config.ts';
import { type Check, check, type Judged, ok, readme, type Verdict, warning } from './check.ts';

const weaknesses: readonly (readonly [
  id: string,
  isWeak: (settings: StageSettings) => boolean,
  seen: string,
  means: string,
  mend: string,
])[] = [
  [
    'alarms-on',
    ({ deployment }) => !deployment.alarms.on,
    'Alarms are off',
    'Nobody is woken, whatever happens.',
    'deployment.alarms',
  ],
  [
    'edge-on',
    ({ deployment }) => !deployment.edge,
    'There is no edge: no firewall before the API',
    'One client can use up a route’s throttle for all.',
    'deployment.edge',
  ],
  [
    'issuer-own',
    ({ deployment: { edge } }) => !edge?.domain,
    'The issuer is a name of AWS’s',
    'It is in every token: decide before the first one, since every verifier has to learn another.',
    'deployment.edge.domain',
  ],
  [
    'rate-limits',
    ({ service }) => service.rateLimiting === 'off',
    'Rate limits are off',
    'Passwords can be guessed as fast as functions answer.',
    'service.rateLimiting',
  ],
  [
    'verified-address',
    ({ service }) => !service.requireVerifiedEmail,
    'Whoever registers signs in before the address is proved',
    'Accounts under other people’s addresses can be used.',
    'service.requireVerifiedEmail',
  ],
  [
    'backup-days',
    ({ deployment: { database } }) => !database.clusterArn && database.backupDays < 7,
    'Backups are kept for less than a week',
    'What is found out after a weekend cannot be restored.',
    'deployment.database.backupDays',
  ],
  [
    'second-instance',
    ({ deployment: { database } }) => !database.clusterArn && !database.reader,
    'The database has one instance',
    'If it fails, nobody signs in for some ten minutes.',
    'deployment.database.reader',
  ],
  [
    'reserved',
    ({ deployment }) => !deployment.reserveConcurrency,
    'No concurrency is reserved for signing in',
    'A flood at another route starves it.',
    'deployment.reserveConcurrency',
  ],
];

const judgeWeak =
  ([, isWeak, seen, means, mend]: (typeof weaknesses)[number]) =>
  (_: unknown, { settings }: Judged): Verdict | undefined =>
    settings.deployment.retainData && isWeak(settings)
      ? warning(seen, means, `${mend} in cdk.json; ${readme('Deploying')}`)
      : undefined;

const none = async () => undefined;

/** The weak ones alone are named. */
export const weakChecks: readonly Check[] = [
  ...weaknesses.map((row) => check(`setting-${row[0]}`, row[2], none, judgeWeak(row))),
  check('settings-strong', 'the settings', none, (_, { settings }) => {
    const { deployment } = settings;
    if (!deployment.retainData) return ok('The stage retains no data: its settings are not held to production’s');
    const weak = weaknesses.filter(([, isWeak]) => isWeak(settings)).length;
    return ok(`${weaknesses.length - weak} of ${weaknesses.length} settings are as production wants them`);
  }),
];
