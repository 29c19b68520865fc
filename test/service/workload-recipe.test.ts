/** The recipe of a function without a secret, and stock clients in a machine's name: what they send is theirs. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../functions/domain/client.ts';
import { tokenTypes } from '../../functions/domain/client-credentials.ts';
import { bearerToken, machineVerifier, TokenError } from '../../functions/packages/verify/index.ts';
import { newClient } from '../support/clients.ts';
import { registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { stsClaims, type WorkloadIssuer, workloadIssuer } from '../support/workload-issuer.ts';

const GRADER = 'c_grader';
let service: Service;
let sts: WorkloadIssuer;

beforeAll(async () => {
  sts = await workloadIssuer();
  const claims = { 'https://sts.amazonaws.com/': { principal_id: 'arn:aws:iam::111122223333:role/grader' } };
  service = await startService({
    fetchAllow: sts.host,
    trustedIssuers: [{ issuer: sts.url('sts'), workloads: [{ client: GRADER, claims }] }],
  });
  await newClient(service, 'machine', {
    ...{ clientId: GRADER, authentication: 'workload', audiences: ['grades'], scopes: ['grades:read', 'grades:write'] },
  });
});
afterAll(async () => {
  await service.stop();
  await sts.close();
});

describe('a Lambda function without a secret', () => {
  let grades: Server;
  const seen: string[] = [];
  beforeAll(async () => {
    const verify = machineVerifier({ issuer: service.url, audience: 'grades', scopes: ['grades:read'] });
    grades = createServer(async (request, response) => {
      try {
        const { sub, scope } = await verify(bearerToken(request.headers.authorization));
        seen.push(`${sub} ${scope}`);
        response.end('{"grades":[1,2]}');
      } catch (error) {
        response.writeHead(error instanceof TokenError ? 401 : 500).end();
      }
    }).listen(0, '127.0.0.1');
    await once(grades, 'listening');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    grades.close();
  });

  /** The function as Lambda starts it, by a role that is all that it has. */
  async function startedAs(role: string) {
    vi.resetModules();
    for (const [name, value] of Object.entries({
      ISSUER: service.url,
      GRADES_URL: `http://127.0.0.1:${(grades.address() as AddressInfo).port}/`,
      AWS_ENDPOINT_URL_STS: `http://${sts.host}/`,
      ...{ AWS_REGION: 'eu-north-1', AWS_ACCESS_KEY_ID: role, AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' },
    })) {
      vi.stubEnv(name, value);
    }
    return (await import('../examples/clients/workload.ts')).handler;
  }

  it('calls another service, and asks for a token once while it is warm', async () => {
    const handler = await startedAs('grader');
    const calls = await service.callsDuring(async () => {
      for (let times = 0; times < 3; times++) expect(await handler()).toEqual({ grades: [1, 2] });
    });
    expect(calls['kms.Sign']).toBe(1);
    expect(seen).toEqual(Array(3).fill(`${GRADER} grades:read`));
  });

  it('S77: is refused by another role', async () => {
    await expect((await startedAs('other'))()).rejects.toThrow('no access token: invalid_grant');
  });
});

describe('openid-client', () => {
  const configured = (clientId: string, secret?: string) =>
    oidc.discovery(new URL(service.url), clientId, undefined, secret ? oidc.ClientSecretBasic(secret) : oidc.None(), {
      execute: [oidc.allowInsecureRequests],
    });

  it('has a token by client credentials', async () => {
    const { clientId, secret } = await newClient(service, 'machine', { scopes: ['essays:read'] });
    const tokens = await oidc.clientCredentialsGrant(await configured(clientId, secret), { scope: 'essays:read' });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: clientId, scope: 'essays:read' });
  });

  it('has a token by that of its platform', async () => {
    const assertion = await sts.sign(stsClaims(sts.url('sts'), service.url, 'grader'));
    const config = await configured(GRADER);
    expect(config.serverMetadata().grant_types_supported).toContain(JWT_BEARER);
    const tokens = await oidc.genericGrantRequest(config, JWT_BEARER, { assertion, scope: 'grades:write' });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: GRADER, scope: 'grades:write' });
  });

  it('acts for a person', async () => {
    const { userId, accessToken } = await registerAndLogin(service);
    const own = {
      first_party: true,
      scopes: ['email', 'grades:read'],
      audiences: ['huleedu-platform', 'grades'],
    } as const;
    const { clientId, secret } = await newClient(service, 'machine', { ...own, grants: [TOKEN_EXCHANGE] });
    const tokens = await oidc.genericGrantRequest(await configured(clientId, secret), TOKEN_EXCHANGE, {
      ...{ subject_token: accessToken, subject_token_type: tokenTypes.accessToken },
      ...{ audience: 'grades', scope: 'grades:read' },
    });
    expect(tokens.issued_token_type).toBe(tokenTypes.accessToken);
    const claims = { sub: userId, aud: 'grades', scope: 'grades:read', act: { sub: clientId } };
    expect(decodeJwt(tokens.access_token)).toMatchObject(claims);
  });
});
