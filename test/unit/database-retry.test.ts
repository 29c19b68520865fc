import { afterEach, describe, expect, it, vi } from 'vitest';
import { dataApi } from '../../functions/aws/data-api.ts';
import { withRetries } from '../../functions/aws/database-retry.ts';

const patience = { oneTry: 20, inAll: 60_000 };
const named = (name: string, message = '') => Object.assign(new Error(message), { name });

/** Answers each try by what is given for it: an error, or the number of the try; null hangs. */
function answering(...errors: readonly (Error | null | undefined)[]) {
  let tries = 0;
  return (signal: AbortSignal) => {
    const error = errors[tries++];
    if (error === undefined) return Promise.resolve(tries);
    if (error !== null) return Promise.reject(error);
    return new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
}

describe('a call', () => {
  it('that hangs is given up and made again', async () => {
    expect(await withRetries(answering(null, null), true, patience)).toBe(3);
  });

  it('that hangs is made once where it may not run twice', async () => {
    await expect(withRetries(answering(null), false, patience)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('that was refused is made again, also where it may not run twice', async () => {
    expect(await withRetries(answering(named('ThrottlingException')), false, patience)).toBe(2);
  });

  it('that no waiting helps is made once', async () => {
    const denied = named('AccessDeniedException');
    await expect(withRetries(answering(denied), true, patience)).rejects.toBe(denied);
  });

  it('that is refused until its time is up is unavailable', async () => {
    const refused = Array.from({ length: 50 }, () => named('DatabaseResumingException'));
    const short = { oneTry: 20, inAll: 200 };
    await expect(withRetries(answering(...refused), true, short)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryAfter: 5,
    });
  });

  it('whose key its earlier try has taken is made again, and not for ever', async () => {
    const taken = named('DatabaseErrorException', 'ERROR: duplicate key value; SQLState: 23505');
    expect(await withRetries(answering(taken), true, patience)).toBe(2);
    await expect(withRetries(answering(taken, taken, taken), true, patience)).rejects.toBe(taken);
  });
});

describe('a name that nobody resolves', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is asked for again, since resolvers fail, too', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://rds-data.invalid');
    vi.stubEnv('AWS_REGION', 'eu-north-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const target = { clusterArn: 'arn:aws:rds:::cluster:x', secretArn: 'arn:aws:secretsmanager:::x', name: 'x' };
    const database = dataApi(target, { oneTry: 30_000, inAll: 300 });
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
