/** The links that people were sent, if the target makes mails readable. */
import { until } from '../support/await-condition.ts';
import { target } from './target.ts';

export const mailsAreRead = target.mailsPage !== undefined;

/** The event, its rule and the mail follow the relay, which runs within four minutes in a new stack. */
const PATIENCE = 280_000;

/**
 * Waits for the mail with a link to a page.
 * @returns the token in the link
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

/** Each mail as JSON text. LocalStack returns one list, ministack a list for each account. */
async function mailsTo(to: string): Promise<string[]> {
  const { messages } = (await (await fetch(target.mailsPage ?? '')).json()) as { messages: object };
  const all: unknown[] = Array.isArray(messages) ? messages : Object.values(messages).flat();
  return all.map((message) => JSON.stringify(message)).filter((message) => message.includes(to));
}
