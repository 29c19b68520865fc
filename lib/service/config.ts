/**
 * The stage's settings: every one with its default, its unit and its reason, parsed and checked once.
 *
 * `cdk.json` holds what a stage changes (`context.stages.<stage>`); the local host takes the defaults and a few
 * environment variables. Functions receive {@link ServiceSettings} already checked, as JSON in `SETTINGS`.
 */
import { z } from 'zod';
import { managingRoles } from '../../functions/domain/roles.ts';
import { ROLE_NAME } from '../../functions/packages/verify/role-name.ts';

const seconds = z.int().positive();
const days = z.int().positive();
const roleName = z
  .string()
  .regex(
    ROLE_NAME,
    'lower-case letters, digits, _ and -, a letter first, at most 32; platform roles are given by command',
  );
const color = z.string().regex(/^#[0-9a-f]{6}$/i, 'six hexadecimal digits after #');

/** WCAG 2.2, "contrast ratio": 1 to 21. */
function contrast(one: string, other: string): number {
  const [light = 1, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = (hex.slice(1).match(/../g) ?? []).map((pair) => {
    const share = Number.parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As the URL parser would give it back: no scheme, user, path, upper case or letters beyond ASCII. */
const isHost = (host: string): boolean => {
  const url = `https://${host}/`;
  return URL.canParse(url) && new URL(url).host === host && new URL(url).href === url;
};

/** At most `limit` of something by one address or one IP within `windowSeconds`. */
const rateLimit = (limit: number, windowSeconds: number) =>
  z
    .strictObject({ limit: z.int().positive().default(limit), windowSeconds: seconds.default(windowSeconds) })
    .prefault({});

const serviceSettings = z
  .strictObject({
    /** `aud` of every access token: who it is meant for. */
    audience: z.string().regex(/^\S+$/, 'no spaces').default('huleedu-platform'),
    /** Access token lifetime, seconds. Short, since a token cannot be called back (RFC 9700 §2.2). */
    accessTokenSeconds: seconds.max(3600).default(900),
    /** How far another machine's clock may be off, seconds (S17). */
    clockSkewSeconds: z.int().nonnegative().max(30).default(30),

    /** The life of the keys that sign access tokens (functions/domain/key-lifecycle.ts). */
    signingKeys: z
      .strictObject({
        /** A key signs for this long, days, then the next one does. */
        rotateDays: days.max(365).default(90),
        /** A key is published for this long before it signs, hours: longer than any cache may be without it, API Gateway's (2 h) and stale-if-error (12 h) included. */
        publishAheadHours: z.int().min(13).default(24),
        /** Between a key's last use and its deletion, days, in which KMS can still bring it back; KMS takes 7 to 30. */
        deletionDays: z.int().min(7).max(30).default(7),
      })
      .refine((k) => k.rotateDays * 24 >= k.publishAheadHours + 48, {
        path: ['rotateDays'],
        message: 'must leave room for publishAheadHours and two daily runs',
      })
      .prefault({}),

    /** A session ends after this long without a refresh, days (S25). */
    sessionIdleDays: days.default(30),
    /** A session ends after this long in all, days (S25). */
    sessionMaxDays: days.default(90),
    /** A superseded refresh token still answers its successor for this long, seconds: lost responses, racing tabs (S18). */
    refreshGraceSeconds: z.int().nonnegative().max(60).default(10),

    /** What a stolen token must not be enough for asks that the password was given within this long, seconds (S85). */
    reauthenticationSeconds: seconds.min(60).max(3600).default(300),

    /** Least length of a password, code points (S1). */
    passwordMinLength: z.int().min(12).max(64).default(12),
    /**
     * A range service of breached passwords, asked at each new password by k-anonymity (S3); what it does not answer
     * within a second is let pass. Off by default: `https://api.pwnedpasswords.com/range` is the public one.
     */
    breachedPasswordRangeUrl: z
      .url({ protocol: /^https?$/ })
      .regex(/[^/]$/, 'without a slash at its end')
      .optional(),
    /** `wasm` runs everywhere from one bundle; `native` is 4 to 5 times as fast and needs its binary beside it. */
    passwordHasher: z.enum(['wasm', 'native']).default('wasm'),
    /** Argon2id parameters; never below OWASP's least (S4). Raise memory first. */
    argon2: z
      .strictObject({
        /** Memory, KiB. */
        memory: z.int().min(19_456).max(1_048_576).default(19_456),
        /** Passes over the memory. */
        passes: z.int().min(2).max(16).default(2),
        /** Lanes. One: a function has one core below 1,769 MiB. */
        lanes: z.int().min(1).max(8).default(1),
      })
      .prefault({}),

    /**
     * No login before the address is verified: answered as a wrong password is, so that registering and logging in tells
     * nobody who has an account (S60); its owner is mailed what to do. On in production (cdk.json).
     */
    requireVerifiedEmail: z.boolean().default(false),
    /**
     * Who may prove an address with the link or the code that was mailed to it: `anyone` who has it, or only the
     * `registrant`, who has the session or the password too. With `anyone`, an owner who answers "That was me" to a
     * registration that was not theirs leaves the account to whoever knows its password.
     */
    verification: z.enum(['anyone', 'registrant']).default('anyone'),
    /** An account whose address nobody proved is deleted after this long without a session in use, days (S56). */
    unprovedAccountDays: days.default(30),
    /** A verification link works for this long, hours. */
    verificationLinkHours: z.int().positive().max(168).default(24),
    /** A reset link works for this long, minutes. Short: who reads the mailbox meanwhile has the account. */
    resetLinkMinutes: z.int().positive().max(1440).default(60),
    /** Where the links in mails lead: the base URL that serves the pages. The issuer by default; never a request's Host (S29). */
    linkBaseUrl: z
      .url({ protocol: /^https?$/ })
      .regex(/[^/]$/, 'without a slash at its end')
      .optional(),
    /** Where the pages behind links lead on to when all is done: the application's sign-in. Without it they end there. */
    signInUrl: z.url({ protocol: /^https?$/ }).optional(),
    mail: z
      .strictObject({
        /** As people read it, in mails and on the pages behind their links. */
        brandName: z
          .string()
          .trim()
          .min(1)
          .max(40)
          .regex(/^\P{Cc}+$/u, 'no control characters')
          .default('HuleEdu'),
        /** Of buttons, and the text on them; at least 4.5 to 1 between the two is readable (WCAG 2.2, 1.4.3). */
        buttonColor: color.default('#1d4ed8'),
        buttonTextColor: color.default('#ffffff'),
        /** Every mail is from it. Its domain, or itself, is a verified identity of SES. */
        sender: z.email().default('no-reply@example.com'),
        /** Where answers go, if anywhere. */
        replyTo: z.email().optional(),
        /**
         * Hosts that the mails of other services may lead to, each with its port unless that is 443; the host of
         * `linkBaseUrl` always. Whatever is on the bus is mailed under this service's name (S62).
         */
        linkHosts: z
          .array(
            z.string().refine(isHost, 'a host as URLs have it, in lower case: app.school.example, or with its port'),
          )
          .default([]),
      })
      .refine((m) => contrast(m.buttonColor, m.buttonTextColor) >= 4.5, {
        path: ['buttonTextColor'],
        message: 'too little contrast with buttonColor: at least 4.5 to 1',
      })
      .prefault({}),

    /**
     * Takes addresses whose local part is not ASCII, though SES cannot send to them: for a stage whose accounts are made and
     * proved by other means. Refused by default, as their owners would wait for a mail that never comes (S59).
     */
    acceptUnsendable: z.boolean().default(false),
    /** 409 for a known address at registration, instead of the same answer as for a new one. Friendlier, and tells who has an account. */
    revealExistingAccounts: z.boolean().default(false),

    /** Counting can be switched off for load tests; never in production. */
    rateLimiting: z.enum(['on', 'off']).default('on'),
    rateLimits: z
      .strictObject({
        loginPerAddress: rateLimit(5, 60),
        /** In place of the address's, where a device is known. */
        loginPerDevice: rateLimit(5, 60),
        loginPerIp: rateLimit(20, 60),
        registerPerIp: rateLimit(10, 3600),
        mailPerAddress: rateLimit(3, 3600),
        /** Mails with a link, whoever they are to: less than what a school asks for, more than what a script may. */
        mailPerIp: rateLimit(30, 3600),
        tokenGuessPerIp: rateLimit(10, 60),
        /** Tries of an account's mailed codes, right or wrong (S83). */
        codePerAccount: rateLimit(5, 300),
        codePerAccountDaily: rateLimit(20, 86_400),
        /** New passwords tried with one genuine reset link: each may cost a hash and a look at the breach service. */
        passwordPerLink: rateLimit(10, 60),
        /** Present passwords tried with one access token, also at once: as many as lock what they are counted by. */
        passwordPerSession: rateLimit(5, 60),
        /** What they say is chosen by whoever founds an organisation, so nobody mails thousands of strangers. */
        invitationPerUser: rateLimit(30, 3600),
        invitationPerUserDaily: rateLimit(100, 86_400),
        /** By all who may invite to it. */
        invitationPerOrganization: rateLimit(200, 86_400),
        /** Mails that one other service asks for on the bus, and that all of them do: SES counts them against the account. */
        mailRequestsPerSource: rateLimit(1000, 3600),
        mailRequestsInAll: rateLimit(5000, 3600),
        /** Rotations of a session's refresh token, a second apart in any case: KMS signs for all sessions (S68). */
        refreshPerSession: rateLimit(30, 60),
        /** Superseded tokens of a session that are honoured: tabs that wake at once are all answered, a loop is not. */
        replayPerSession: rateLimit(60, 60),
      })
      .prefault({}),
    /** This many failures in a row lock an address (S10). */
    lockoutFailures: z.int().min(3).default(5),
    /** For this long, seconds (S10). */
    lockoutSeconds: seconds.default(900),

    /** A device that signed in is known for this long after it did so last, days: its own failures alone slow it (S67). */
    deviceDays: days.max(400).default(90),

    /** How many organisations a person may be in: what GET /v1/orgs lists on one page, within the Data API's 1 MiB a result. */
    organizationsPerUser: z.int().positive().max(300).default(100),
    organizations: z
      .strictObject({
        /**
         * Who may found one and be its owner: `anyone` with an account; who has `verified` their address; the platform's
         * `admins` (`npm run users -- grant-admin`), who then invite its owner and leave. Whoever founds one has every
         * role there is in it, so a service has to compare a role's organisation with its data's (S64).
         */
        foundedBy: z.enum(['anyone', 'verified', 'admins']).default('anyone'),
        /**
         * The roles that there are beside `owner` and `admin`. Any lower-case name by default, so that each organisation
         * has its own. One that is taken off the list is in no token any more, whoever holds it.
         */
        roles: z.array(roleName).max(100).optional(),
      })
      .prefault({}),
    /**
     * The role of a person whose session is in no organisation, for services that want one in every token. None by
     * default: it says no more than that there is an account.
     */
    defaultRole: roleName
      .refine((role) => !managingRoles.some((managing) => managing === role), 'nobody manages without an organisation')
      .optional(),
    /** An invitation works for this long, days. */
    invitationDays: days.max(90).default(7),

    /** How the outbox is emptied onto the bus. */
    relay: z
      .strictObject({
        /**
         * What wakes it. `schedule`: it runs all the time, and an event leaves within a second or two. `requests`: the log
         * line of a request that may have written an event, some seconds after it, so that a database that nobody uses
         * can pause; the sweep is then daily. For stages with `database.minCapacity` 0.
         */
        wokenBy: z.enum(['schedule', 'requests']).default('schedule'),
        /** Between two claims while nothing is due, seconds: half of it is the usual wait of an event. Each costs a Data API call. */
        pollSeconds: z.number().min(0.1).max(60).default(1),
        /** Events a claim. 100 of usual size are a tenth of the Data API's 1 MiB a result, and 10 parallel PutEvents. */
        batchSize: z.int().min(1).max(500).default(100),
        /** A claimed event is left alone for this long, seconds: longer than a batch takes, since after it another relay sends it too. */
        leaseSeconds: seconds.min(15).default(30),
        /** A dead letter after this many refusals; 30 are some two and a half hours, with the waits below. */
        maxAttempts: z.int().positive().default(30),
        /** Longest wait after the first refusal, seconds; it doubles with each, and a random part of it is waited. */
        firstBackoffSeconds: z.number().positive().default(1),
        /** What the doubling ends at, seconds: how late an event may be when a long outage is over. */
        maxBackoffSeconds: seconds.default(900),
      })
      .prefault({}),
    /** How long what is over is kept, days, before the sweep removes it. */
    retention: z
      .strictObject({
        /**
         * Published events: the mail consumer mails what it finds here and nothing else (S61), so they outlast what can
         * come late: EventBridge's retries (1 day) and the queue or its dead letters (14 days), moved back once.
         */
        publishedEventDays: days.min(16).default(30),
        /** Sessions after their end: for the question whether a stolen token was ever used. */
        endedSessionDays: days.default(30),
        /** Handled events' ids: longer than a copy can come late, by a retry (1 day) or from a dead-letter queue (14 days). */
        inboxDays: days.min(16).default(30),
        /** One-time links after their end: for the question whether one was used, and when. */
        endedLinkDays: days.default(7),
        /** Audit entries. The database itself keeps each for 90 days at least (migrations/0009). */
        auditDays: days.min(90).default(400),
        /** Failed logins of an address since the last success: what nobody goes on with is forgotten. */
        loginFailureDays: days.default(1),
      })
      .refine((r) => r.inboxDays >= r.publishedEventDays, {
        path: ['inboxDays'],
        message: 'must not be below publishedEventDays: a replayed event would be mailed again',
      })
      .prefault({}),

    /** Origins whose browsers may call the API: scheme, host and port, compared exactly (S33). None by default. */
    corsOrigins: z
      .array(
        z
          .url({ protocol: /^https?$/ })
          .regex(/^https?:\/\/[^/]+$/, 'an origin has no path')
          .refine(isAsBrowsersSend, 'as browsers send it: lower case, no default port, a host in ASCII'),
      )
      .default([]),
  })
  .refine((s) => s.sessionIdleDays <= s.sessionMaxDays, {
    path: ['sessionIdleDays'],
    message: 'must not exceed sessionMaxDays',
  });

/** Another spelling would match no request. */
function isAsBrowsersSend(origin: string): boolean {
  return URL.parse(origin)?.origin === origin;
}

const deploymentSettings = z.strictObject({
  /** Keeps data when the stack goes, and refuses to delete the cluster (S51). */
  retainData: z.boolean().default(false),
  /** CloudWatch log retention, days; one of those CloudWatch offers. */
  logRetentionDays: z.union([1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 400, 731].map((n) => z.literal(n))).default(30),
  /**
   * How long the bus keeps its events for a replay, days; 0 keeps none. What is in an archive outlives the deletion of
   * an account: keep it shorter than your promise to erase (S53).
   */
  eventArchiveDays: z.int().nonnegative().max(3650).default(0),
  /** Puts the events' schemas into an EventBridge schema registry, where IDEs and code generators find them. */
  publishSchemas: z.boolean().default(false),
  /** CloudWatch alarms and a dashboard; each alarm is some 0.10 USD a month. */
  alarms: z
    .strictObject({
      on: z.boolean().default(false),
      /** Who gets them; each has to confirm, once. Others subscribe to the topic. */
      emails: z.array(z.email()).default([]),
    })
    .prefault({}),
  /**
   * Keeps Lambda concurrency back for signing in, refreshing, JWKS, the relay and the rotation (`concurrency` in the
   * tables), so that no flood at another route takes it. Off by default: AWS wants 100 left over beside what is kept
   * back, and a new account has 10 in all.
   * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  reserveConcurrency: z.boolean().default(false),
  /** CloudFront with AWS WAF before the API, which has neither a firewall nor a cache of its own. */
  edge: z
    .strictObject({
      /** Requests of one IP within five minutes, all routes together, before WAF answers 429. */
      requestsPerIp: z.int().min(10).max(1_000_000).default(3_000),
      /** The service's own name, instead of CloudFront's: the issuer follows it, so it is chosen before the first token. */
      domain: z
        .strictObject({
          name: z.hostname(),
          /** Of ACM in us-east-1, where CloudFront looks for it. */
          certificateArn: z.string().regex(/^arn:[\w-]+:acm:us-east-1:/, 'a certificate of ACM in us-east-1'),
        })
        .optional(),
    })
    .optional(),
  database: z
    .strictObject({
      /** An existing cluster with the Data API enabled, instead of one of the stack's own. */
      clusterArn: z.string().startsWith('arn:').optional(),
      /** The secret that opens the existing cluster as a role that may create schemas and roles. */
      secretArn: z.string().startsWith('arn:').optional(),
      name: z
        .string()
        .regex(/^[a-z_][a-z0-9_]{0,62}$/)
        .default('identity'),
      /** Aurora capacity units; 0 lets the cluster pause, which costs about 15 s at the next request. */
      minCapacity: z.number().min(0).max(256).multipleOf(0.5).default(0),
      maxCapacity: z.number().min(1).max(256).multipleOf(0.5).default(4),
      /** A second instance in another zone, which takes over within a minute. */
      reader: z.boolean().default(false),
      /** Backup retention, days. */
      backupDays: z.int().min(1).max(35).default(1),
    })
    .refine((d) => d.minCapacity <= d.maxCapacity, {
      path: ['minCapacity'],
      message: 'must not exceed maxCapacity',
    })
    .refine((d) => (d.clusterArn === undefined) === (d.secretArn === undefined), {
      path: ['secretArn'],
      message: 'clusterArn and secretArn are given together or not at all',
    })
    .prefault({}),
});

const stageSettings = z.strictObject({
  stage: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, 'lower-case letters, digits and hyphens, at most 20'),
  service: serviceSettings.prefault({}),
  deployment: deploymentSettings.prefault({}),
});

/** What the functions go by. */
export type ServiceSettings = z.output<typeof serviceSettings>;
/** What only the deployment goes by. */
export type DeploymentSettings = z.output<typeof deploymentSettings>;
export type StageSettings = z.output<typeof stageSettings>;
/** As written in cdk.json: everything but the stage may be left out. */
export type StageSettingsInput = z.input<typeof stageSettings>;

/**
 * Checks a stage's settings and fills in the defaults.
 * @throws Error with one line for each bad setting, by its name.
 */
export function parseSettings(input: unknown): StageSettings {
  const parsed = stageSettings.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'settings'}: ${issue.message}`);
  throw new Error(`Bad settings:\n${faults.join('\n')}`);
}
