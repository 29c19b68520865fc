/** The links that people were sent, where the target lets mails be read. */
import { until } from '../support/await-condition.ts';
import { target } from './target.ts';

export const mailsAreRead = target.mailsPage !== undefined;

/** The event, its rule and the mail come after the relay, which comes within a minute. */
const PATIENCE = 100_000;

/**
 * Waits for the mail that leads someone to a page.
 * @returns the token in its link
 */
export async function mailedToken(to: string, page: 'verify-email' | 'reset-password'): Promise<string> {
  let token: string | undefined;
  const arrived = async () => {
    token = (await mailsTo(to)).map((mail) => new RegExp(`/${page}\\?token=([\\w-]+)`).exec(mail)?.[1]).find(Boolean);
    return token !== undefined;
  };
  await until(`a mail to ${to} that leads to ${page}`, arrived, { within: PATIENCE, every: 500 });
  if (!token) throw new Error('unreachable');
  return token;
}

/** Each as JSON text. LocalStack lists them plainly, ministack by account. */
async function mailsTo(to: string): Promise<string[]> {
  const { messages } = (await (await fetch(target.mailsPage ?? '')).json()) as { messages: object };
  const all: unknown[] = Array.isArray(messages) ? messages : Object.values(messages).flat();
  return all.map((message) => JSON.stringify(message)).filter((message) => message.includes(to));
}
