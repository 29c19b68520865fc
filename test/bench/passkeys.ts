/**
 * Signing in with a passkey beside a password, each call to AWS with a pause: what the network and the service take there.
 * Both take turns. The passkey's is both requests: options, and the assertion. The password's is one.
 */
import { createPasskey } from '../support/authenticator.ts';
import { withHost } from './bench-host.ts';
import type { Bench } from './figure.ts';
import type { Connection } from './http-client.ts';
import { type Client, loadOf } from './load.ts';
import { quantile } from './quantile.ts';
import { login, register, serviceClients } from './service-clients.ts';

/** Milliseconds of each call: what RDS says of the Data API, and what a signature takes; nothing here is measured on AWS. */
const PAUSE = { 'rds-data': 10, kms: 10 };
const SECONDS = 3;
const ROUNDS = 5;
const PASSKEYS = '/v1/auth/passkeys';
const base64url = (bytes: Buffer) => bytes.toString('base64url');

export const bench: Bench = () =>
  withHost({ schedules: false, service: { rateLimiting: 'off' } }, async ({ url, endpoint }) => {
    for (const [service, delay_ms] of Object.entries(PAUSE)) {
      endpoint.faults.order({ service, operation: '*', delay_ms, times: null });
    }
    const turn = async (client: Client) => (await loadOf(url, client, { clients: 1, seconds: SECONDS })).p50;
    const turns: { readonly password: number; readonly passkey: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      turns.push({ password: await turn(serviceClients.login), passkey: await turn(byPasskey(url)) });
    }
    const median = (of: (one: (typeof turns)[number]) => number) => quantile(turns.map(of), 0.5);
    const [password, passkey] = [median((one) => one.password), median((one) => one.passkey)];
    return [
      {
        what: "p50 of a passkey's login beside a password's, with AWS's pauses",
        value: median((one) => one.passkey / one.password),
        unit: '×',
        target: { atMost: 0.5 },
        note: `${passkey.toFixed(1)} and ${password.toFixed(1)} ms, one client`,
      },
    ];
  });

const byPasskey =
  (url: string): Client =>
  async (connection) => {
    const { sign, userHandle } = await newPasskey(connection, url);
    return async () => {
      const { options } = JSON.parse((await connection.send('POST', `${PASSKEYS}/login-options`)).body);
      const { credentialId, response } = sign(options.challenge);
      const assertion = { id: credentialId, type: 'public-key', response: { ...response, userHandle } };
      return connection.send('POST', `${PASSKEYS}/login`, { body: { assertion } });
    };
  };

async function newPasskey(connection: Connection, url: string) {
  const { access_token } = await login(connection, await register(connection));
  const headers = { authorization: `Bearer ${access_token}` };
  const { options } = JSON.parse((await connection.send('POST', `${PASSKEYS}/options`, { headers })).body);
  const { origin, hostname: rpId } = new URL(url);
  const made = createPasskey(Buffer.from(options.challenge, 'base64url'), { origin, rpId });
  const credentialId = base64url(made.credentialId);
  const response = {
    clientDataJSON: base64url(made.creation.clientDataJSON),
    attestationObject: base64url(made.creation.attestationObject),
  };
  const credential = { id: credentialId, type: 'public-key', response };
  await connection.send('POST', PASSKEYS, { headers, body: { credential }, expect: 201 });
  const sign = (challenge: string) => {
    const { clientDataJSON, authenticatorData, signature } = made.assert(Buffer.from(challenge, 'base64url'));
    return {
      credentialId,
      response: {
        clientDataJSON: base64url(clientDataJSON),
        authenticatorData: base64url(authenticatorData),
        signature: base64url(signature),
      },
    };
  };
  return { sign, userHandle: options.user.id };
}
