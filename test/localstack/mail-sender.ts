/** The sender's domain, verified: done once for an account by whoever has its DNS, and so no part of the stack. */
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';

export async function verifyDomain(sender: string): Promise<void> {
  const [, domain] = sender.split('@');
  await new SESv2Client({}).send(new CreateEmailIdentityCommand({ EmailIdentity: domain }));
}
