/** Second factors for tests: rows as enrolment leaves them, and what their owner shows. */
import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Secret, TOTP } from 'otpauth';
import type { UserId } from '../../functions/domain/ids.ts';
import { newRecoveryCodes, recoveryCodeHash } from '../../functions/domain/recovery-codes.ts';
import { newTotpSecret } from '../../functions/domain/totp.ts';
import { sealTotpSecret } from '../../functions/domain/totp-secrets.ts';
import type { SecretName } from '../../lib/service/capability.ts';
import type { Person } from './people.ts';
import type { Service } from './service.ts';

const STEP = 30;

/** The newest version of one of the stage's keys. */
export async function stageKey(service: Service, name: SecretName): Promise<Buffer> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint: service.awsUrl, region: 'eu-north-1', credentials });
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: `identity-local/${name}` }));
  return Buffer.from(JSON.parse(SecretString).key);
}

/** An authenticator app. Each code is of a later step than the one before, and three of them are good at any time. */
export class App {
  readonly #totp: TOTP;
  readonly #offset: () => number;
  #step = 0;

  /** @param offset seconds by which the service's clock is ahead */
  constructor(secret: Buffer | string, offset: () => number = () => 0) {
    const of =
      typeof secret === 'string' ? Secret.fromBase32(secret) : new Secret({ buffer: new Uint8Array(secret).buffer });
    this.#totp = new TOTP({ secret: of });
    this.#offset = offset;
  }

  code(): string {
    // In the last moment of a step, the one before would be two behind when it arrives.
    const soon = Date.now() / 1000 + this.#offset() + 0.2;
    this.#step = Math.max(this.#step + 1, Math.floor(soon / STEP) - 1);
    return this.#totp.generate({ timestamp: this.#step * STEP * 1000 });
  }

  /** One that is of none of the steps around now. */
  wrongCode(): string {
    const now = (Date.now() / 1000 + this.#offset()) * 1000;
    const near = [-2, -1, 0, 1, 2, 3].map((step) => this.#totp.generate({ timestamp: now + step * STEP * 1000 }));
    return (
      ['000000', '111111', '222222', '333333', '444444', '555555', '666666'].find((one) => !near.includes(one)) ?? ''
    );
  }
}

/** @returns the app that the account has from now on */
export async function giveApp(service: Service, userId: string, offset?: () => number): Promise<App> {
  const secret = newTotpSecret();
  const sealed = sealTotpSecret(secret, userId as UserId, await stageKey(service, 'totp'));
  await service.sql(
    `insert into factors (factor_id, user_id, kind, secret, confirmed_at, created_at)
     values ($1, $2, 'totp', $3, now(), now())`,
    [randomUUID(), userId, sealed],
  );
  return new App(secret, offset);
}

/** @returns the recovery codes that the account has from now on */
export async function giveRecoveryCodes(service: Service, userId: string): Promise<string[]> {
  const key = await stageKey(service, 'recovery');
  const codes = newRecoveryCodes();
  await service.sql(
    `insert into factors (factor_id, user_id, kind, code_hashes, confirmed_at, created_at)
     values ($1, $2, 'recovery', $3, now(), now())`,
    [randomUUID(), userId, codes.map((code) => recoveryCodeHash(code, userId as UserId, key))],
  );
  return codes;
}

/** Gives the password, and expects to be asked for more. @returns the answer's `mfa_token` */
export async function beginLogin(
  service: Service,
  { email, password }: { readonly email: string; readonly password: string },
  more: object = {},
): Promise<string> {
  const { status, body } = await service.post('/v1/auth/login', { email, password, ...more });
  if (status !== 403) throw new Error(`login answered ${status} ${JSON.stringify(body)}`);
  return body.mfa_token;
}

export const showFactor = (service: Service, mfaToken: string, method: 'totp' | 'recovery' | 'email', code: string) =>
  service.post('/v1/auth/second-factor', { mfa_token: mfaToken, method, code });

/** Over HTTP: the session is of level 2 afterwards. */
export async function setUpApp(
  service: Service,
  { bearer }: Pick<Person, 'bearer'>,
  offset?: () => number,
): Promise<App> {
  const { status, body } = await service.post('/v1/auth/totp', undefined, bearer);
  if (status !== 201) throw new Error(`setting up an app answered ${status} ${JSON.stringify(body)}`);
  const app = new App(body.secret, offset);
  const confirmed = await service.post('/v1/auth/totp/confirm', { code: app.code() }, bearer);
  if (confirmed.status !== 200) throw new Error(`confirming it answered ${JSON.stringify(confirmed.body)}`);
  return app;
}
