/** Events that may call for a mail, and who may send them (S61). */
import type { TemplateId } from './content.ts';

/** Only this service announces these. */
const identityTopics = [
  'huleedu.identity.user.registered.v1',
  'huleedu.identity.email.verification.requested.v1',
  'huleedu.identity.password.reset.requested.v1',
  'huleedu.identity.password.reset.completed.v1',
  'huleedu.identity.password.changed.v1',
  'huleedu.identity.account.locked.v1',
  'huleedu.identity.session.revoked.v1',
  'huleedu.identity.factor.added.v1',
  'huleedu.identity.factor.removed.v1',
] as const;

/** Whose mails tell of what somebody did who was signed in; the others were asked for, each within a limit of its own. */
export const isOfChange = (topic: MailTopic): boolean =>
  topic === 'huleedu.identity.password.changed.v1' ||
  topic === 'huleedu.identity.factor.added.v1' ||
  topic === 'huleedu.identity.factor.removed.v1';

/** Anybody on the bus may ask for a mail. */
export const MAIL_REQUESTED = 'huleedu.email.notification.requested.v1';

export const mailTopics = [...identityTopics, MAIL_REQUESTED] as const;
export type MailTopic = (typeof mailTopics)[number];

/** Templates with a link or a code that people ask for, or that guards their address. */
const linked = {
  email_login: true,
  second_factor: true,
  factors_reset: true,
  change_email: true,
  email_change_asked: true,
  email_changed: true,
};

/**
 * Whether the mail of this topic or template has a link that proves the address to whoever follows it. People ask for
 * these, so a complaint about another mail does not stop them.
 */
export const provesAddress = (topic: MailTopic, template?: string): boolean =>
  (template !== undefined && template in linked) ||
  topic === 'huleedu.identity.email.verification.requested.v1' ||
  topic === 'huleedu.identity.password.reset.requested.v1';

/** Only this service may ask for these: they speak in its name, and one of them has a working link. */
export const ownTemplates = [
  'invitation',
  'new_device',
  'already_registered',
  'email_login',
  'second_factor',
  'factors_reset',
  'passkey_copied',
  'recovery_code_used',
  'factor_closed',
  'change_email',
  'email_change_asked',
  'email_changed',
  'email_change_undone',
] as const satisfies TemplateId[];
export type OwnTemplate = (typeof ownTemplates)[number];

export const isOwnTemplate = (template: string): template is OwnTemplate =>
  ownTemplates.some((own) => own === template);

const [IDENTITY, EMAIL] = ['huleedu.identity', 'huleedu.email'];

/** What the consumer's rules let through. `source` is no proof, as any publisher chooses it: it is a first sieve. */
export const mailPatterns = [
  { source: [IDENTITY], 'detail-type': identityTopics },
  { source: [EMAIL], 'detail-type': [MAIL_REQUESTED] },
  {
    source: [{ 'anything-but': [EMAIL] }],
    'detail-type': [MAIL_REQUESTED],
    // An event without a template passes, too: the consumer refuses it, and counts that.
    detail: { data: { template_id: [{ exists: false }, { 'anything-but': ownTemplates }] } },
  },
] as const;
