/**
 * Platforms that give their workloads tokens, as AWS, GitHub Actions and clusters do: discovery, keys, and the form of the
 * claims. It answers STS's GetWebIdentityToken, too.
 *
 * Sources: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html,
 * https://docs.github.com/en/actions/reference/security/oidc,
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { v4 } from 'uuid';

export interface WorkloadIssuer {
  /** `host:port`, for `fetchAllow`. */
  readonly host: string;
  /** By its path, such as `sts`: several issuers with the same keys. */
  url(name: string): string;
  readonly jwks: { readonly keys: readonly object[] };
  /** What is answered in the place of documents, while it is there. */
  answer: { readonly status: number; readonly body: string } | undefined;
  /** Documents that were asked for. */
  asked: number;
  /** @param over claims that differ; undefined leaves one out */
  sign(claims: object, over?: object, header?: Partial<JWTHeaderParameters>): Promise<string>;
  close(): Promise<void>;
}

const seconds = () => Math.floor(Date.now() / 1000);
export const ACCOUNT = '111122223333';
const roleArn = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`;

/** Of a role: `sub` and `principal_id` are the same unless it acts for somebody else. */
export const stsClaims = (issuer: string, aud: string, role: string, life = 300) => ({
  ...{ iss: issuer, aud, sub: roleArn(role), iat: seconds(), exp: seconds() + life, jti: v4() },
  'https://sts.amazonaws.com/': {
    ...{ aws_account: ACCOUNT, source_region: 'eu-north-1', principal_id: roleArn(role), org_id: 'o-abc1234567' },
    lambda_source_function_arn: `arn:aws:lambda:eu-north-1:${ACCOUNT}:function:${role}`,
    principal_tags: { team: 'essays' },
  },
});

export const gitHubClaims = (issuer: string, aud: string, repository: string, ref: string) => ({
  ...{
    iss: issuer,
    aud,
    sub: `repo:${repository}:ref:${ref}`,
    iat: seconds(),
    nbf: seconds() - 300,
    exp: seconds() + 300,
  },
  ...{ jti: v4(), repository, repository_owner: repository.split('/')[0], ref, event_name: 'push', actor: 'ada' },
});

/** The audience is a list. */
export const clusterClaims = (issuer: string, aud: string, namespace: string, name: string) => ({
  ...{ iss: issuer, aud: [aud], sub: `system:serviceaccount:${namespace}:${name}` },
  ...{ iat: seconds(), nbf: seconds(), exp: seconds() + 3_600, jti: v4() },
  'kubernetes.io': { namespace, serviceaccount: { name, uid: v4() }, pod: { name: `${name}-x`, uid: v4() } },
});

export async function workloadIssuer(alg: 'RS256' | 'ES384' = 'RS256'): Promise<WorkloadIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg, use: 'sig' }] };

  const server: Server = createServer(async (request, response) => {
    const given = request.method === 'POST' ? await stsAnswer(request) : documents(request.url ?? '');
    response.writeHead(given.status, { 'content-type': given.type ?? 'application/json' }).end(given.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  function documents(path: string): { status: number; body: string; type?: string } {
    issuer.asked++;
    if (issuer.answer) return issuer.answer;
    const name = /^\/(\w+)\/\.well-known\/(openid-configuration|jwks\.json)$/.exec(path);
    if (!name) return { status: 404, body: '' };
    const at = `http://${host}/${name[1]}`;
    const document = { issuer: at, jwks_uri: `${at}/.well-known/jwks.json`, subject_types_supported: ['public'] };
    return { status: 200, body: JSON.stringify(name[2] === 'jwks.json' ? jwks : document) };
  }

  /** By the Query protocol of AWS. The caller's role is its access key here. */
  async function stsAnswer(request: IncomingMessage) {
    const sent = new URLSearchParams(await text(request));
    const role = /^AWS4-HMAC-SHA256 Credential=([\w-]+)\/\d{8}\/[\w-]+\/sts\/aws4_request, /.exec(
      request.headers.authorization ?? '',
    )?.[1];
    if (role === undefined || sent.get('Action') !== 'GetWebIdentityToken') {
      return { status: 403, body: '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>' };
    }
    const life = Number(sent.get('DurationSeconds') ?? 300);
    const token = await issuer.sign(stsClaims(issuer.url('sts'), sent.get('Audience.member.1') ?? '', role, life));
    const expiration = new Date(Date.now() + life * 1000).toISOString();
    const result = `<WebIdentityToken>${token}</WebIdentityToken><Expiration>${expiration}</Expiration>`;
    const body = `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult>${result}</GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`;
    return { status: 200, type: 'text/xml', body };
  }

  const issuer: WorkloadIssuer = {
    ...{ host, jwks, answer: undefined, asked: 0 },
    url: (name) => `http://${host}/${name}`,
    sign: (claims, over = {}, header = {}) =>
      new SignJWT({ ...claims, ...over })
        .setProtectedHeader({ alg, kid: 'one', typ: 'JWT', ...header })
        .sign(privateKey),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return issuer;
}
