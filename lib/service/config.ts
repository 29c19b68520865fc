/**
 * The stage's settings, parsed and checked once. Each is in settings/, by subject, with its default, unit and reason.
 *
 * `cdk.json` holds what a stage changes (`context.stages.<stage>`); the local host takes the defaults and a few
 * environment variables. Functions receive {@link ServiceSettings} as JSON in `SETTINGS`, already checked.
 */
import { z } from 'zod';
import { clientFaults } from './clients.ts';
import { hasPasskeys, passkeyFaults } from './passkeys.ts';
import { accountSettings } from './settings/accounts.ts';
import { brandSettings, completeBrand } from './settings/brand.ts';
import { browserSettings } from './settings/browsers.ts';
import { deploymentSettings } from './settings/deployment.ts';
import { factorSettings } from './settings/factors.ts';
import { isButtonReadable, mailSettings } from './settings/mail.ts';
import { oauthSettings } from './settings/oauth.ts';
import { organizationSettings } from './settings/organizations.ts';
import { outboxSettings } from './settings/outbox.ts';
import { passwordSettings } from './settings/passwords.ts';
import { rateLimitSettings } from './settings/rate-limits.ts';
import { sessionSettings } from './settings/sessions.ts';
import { trustFaults } from './trusted-issuers.ts';

/**
 * Lambda takes 4 KB of environment variables in all, and the names of resources are a quarter of them.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_BYTES = 3_072;

const serviceSettings = z
  .strictObject({
    ...sessionSettings,
    ...oauthSettings,
    ...passwordSettings,
    ...accountSettings,
    ...factorSettings,
    ...brandSettings,
    ...mailSettings,
    ...rateLimitSettings,
    ...organizationSettings,
    ...outboxSettings,
    ...browserSettings,
  })
  .refine((s) => s.sessionIdleDays <= s.sessionMaxDays, {
    path: ['sessionIdleDays'],
    message: 'must not exceed sessionMaxDays',
  })
  .refine((s) => !s.registration.resources.includes(s.audience), {
    path: ['registration', 'resources'],
    message: 'must not have the audience: its tokens open the services of the stage',
  })
  .transform(completeBrand)
  .refine(({ mail }) => isButtonReadable(mail), {
    path: ['mail', 'buttonTextColor'],
    message: 'too little contrast with buttonColor: at least 4.5 to 1',
  })
  .refine((s) => Buffer.byteLength(settingsJson(s)) <= MOST_BYTES, {
    message: `longer than ${MOST_BYTES} bytes of JSON: a function's environment takes no more`,
  });

const stageSettings = z
  .strictObject({
    stage: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, 'lower-case letters, digits and hyphens, at most 20'),
    service: serviceSettings.prefault({}),
    deployment: deploymentSettings.prefault({}),
  })
  .superRefine(({ stage, service, deployment }, context) => {
    for (const { path, message } of clientFaults(deployment.clients, service)) {
      context.addIssue({ code: 'custom', path: ['deployment', 'clients', ...path], message });
    }
    for (const { path, message } of trustFaults(deployment.trustedIssuers, deployment.clients)) {
      context.addIssue({ code: 'custom', path: ['deployment', ...path], message });
    }
    for (const { path, message } of passkeyFaults(stage, service.passkeys, deployment)) {
      context.addIssue({ code: 'custom', path: ['service', 'passkeys', ...path], message });
    }
  })
  .transform(({ service, ...settings }) => {
    const on = hasPasskeys(settings.stage, service.passkeys, settings.deployment);
    return { ...settings, service: { ...service, passkeys: { ...service.passkeys, on } } };
  });

/** The settings that the functions use. */
export type ServiceSettings = z.output<typeof serviceSettings>;
/** The settings that only the deployment uses. */
export type DeploymentSettings = z.output<typeof deploymentSettings>;
export type StageSettings = z.output<typeof stageSettings>;
/** Settings as written in cdk.json: everything except the stage may be left out. */
export type StageSettingsInput = z.input<typeof stageSettings>;

/**
 * The settings as functions get them, in JSON. They do not get where a picture was read: that differs by machine. Of the
 * limits they get the numbers alone, in this order (functions/stage/settings.ts): their names would be a fifth of the text.
 */
export const settingsJson = (settings: object): string =>
  JSON.stringify(settings, (name, value) => {
    if (name === 'source') return undefined;
    if (name !== 'rateLimits') return value;
    const limits = Object.entries(value as ServiceSettings['rateLimits']);
    return Object.fromEntries(limits.map(([limit, { limit: most, windowSeconds }]) => [limit, [most, windowSeconds]]));
  });

/**
 * Checks a stage's settings and fills in the defaults.
 * @throws Error with one line for each bad setting, which names it.
 */
export function parseSettings(input: unknown): StageSettings {
  const parsed = stageSettings.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'settings'}: ${issue.message}`);
  throw new Error(`Bad settings:\n${faults.join('\n')}`);
}
