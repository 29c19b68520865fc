/** What a login mails to its account. */
import { newId, type SessionId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { standaloneEvent } from './outbox.ts';

interface MailedLogin {
  readonly email: string;
  readonly deviceName: string | undefined;
  readonly session: { readonly sessionId: SessionId };
}

/** The mail to whoever signed in. */
export const ownMail = (
  template: 'new_device' | 'passkey_copied',
  { email, deviceName, session }: MailedLogin,
  context: RequestContext,
) =>
  standaloneEvent(
    'huleedu.email.notification.requested.v1',
    'email',
    {
      message_id: template === 'new_device' ? session.sessionId : newId(),
      template_id: template,
      to: email,
      variables: {
        at: context.now.toISOString(),
        ip_address: context.ipAddress,
        device: deviceName ?? context.userAgent ?? '',
      },
      category: 'system',
    },
    context,
  );
