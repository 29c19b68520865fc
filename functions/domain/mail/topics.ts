/** Events that may call for a mail. */
export const mailTopics = [
  'huleedu.identity.user.registered.v1',
  'huleedu.identity.email.verification.requested.v1',
  'huleedu.identity.password.reset.requested.v1',
  'huleedu.identity.password.reset.completed.v1',
  'huleedu.identity.password.changed.v1',
  'huleedu.identity.account.locked.v1',
  'huleedu.identity.session.revoked.v1',
  'huleedu.email.notification.requested.v1',
] as const;
export type MailTopic = (typeof mailTopics)[number];
