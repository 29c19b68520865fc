/** A person whose address is proved, as if they had followed the link of the mail. */
import { mailedToken } from './mailbox.ts';
import type { Service } from './service.ts';

export async function verifyAddress(service: Service, email: string): Promise<void> {
  const token = await mailedToken(service, email, 'verify_email');
  const { status } = await service.post('/v1/auth/verify-email', { token });
  if (status !== 200) throw new Error(`verify-email answered ${status}`);
}
