/** What an account lets a stage do: read before a deployment (preflight.ts) and after it (doctor). */
import type { StageSettings } from '../service/config.ts';
import type { CallName, Values } from './doctor/calls.ts';

/** Asks AWS one thing. */
export type Aws = <T>(name: CallName, values?: Values) => Promise<T>;

/** AWS keeps so many for functions that reserve nothing: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
export const KEPT_BY_LAMBDA = 100;

export interface Concurrency {
  readonly ConcurrentExecutions: number;
  readonly UnreservedConcurrentExecutions: number;
}

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export const readConcurrency = async (aws: Aws): Promise<Concurrency> =>
  (await aws<{ AccountLimit: Concurrency }>('lambda:GetAccountSettings')).AccountLimit;

/**
 * @returns undefined for a function that reserves nothing, or is not there
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html
 */
export async function reservedFor(aws: Aws, FunctionName: string): Promise<number | undefined> {
  type Answer = { readonly ReservedConcurrentExecutions?: number };
  const answer = await orMissing(aws<Answer>('lambda:GetFunctionConcurrency', { FunctionName }));
  return answer?.ReservedConcurrentExecutions;
}

export interface MailAccount {
  readonly SendingEnabled: boolean;
  readonly ProductionAccessEnabled: boolean;
  readonly EnforcementStatus?: string;
  readonly SendQuota?: {
    readonly Max24HourSend: number;
    readonly SentLast24Hours: number;
    readonly MaxSendRate: number;
  };
}

/** Source: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html */
export const readMailAccount = (aws: Aws): Promise<MailAccount> => aws('ses:GetAccount');

export interface Identity {
  readonly name: string;
  readonly VerifiedForSendingStatus?: boolean;
  readonly DkimAttributes?: { readonly SigningEnabled?: boolean; readonly Status?: string };
}

/**
 * The identities that SES has for the stage's sender: a verified domain covers its subdomains.
 * Sources: https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html,
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html
 */
export async function readIdentities(aws: Aws, { service }: StageSettings): Promise<Identity[]> {
  const { sender } = service.mail;
  const labels = domainOf(sender).split('.');
  const names = [sender, ...labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))];
  const found = await Promise.all(
    names.map(async (name) => {
      const identity = await orMissing(aws<Identity>('ses:GetEmailIdentity', { EmailIdentity: name }));
      return identity && { ...identity, name };
    }),
  );
  return found.filter((identity) => identity !== undefined);
}

export const domainOf = (address: string): string => address.split('@')[1] ?? '';

/** Services end the name of such a refusal in two ways: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const { name, reason = name } = error as Error & { reason?: string };
    if (reason === 'ResourceNotFoundException' || reason === 'NotFoundException') return undefined;
    throw error;
  }
}
