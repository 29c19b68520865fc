/** A service that trusts the platforms of workload-issuer.ts, and machines that have no secret. */
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../functions/domain/client.ts';
import { tokenTypes } from '../../functions/domain/client-credentials.ts';
import { newClient } from './clients.ts';
import { startService } from './service.ts';
import { clusterClaims, gitHubClaims, stsClaims, workloadIssuer } from './workload-issuer.ts';

/** Its keys are in the settings: nobody can reach it. */
const CLUSTER = 'https://kubernetes.default.svc.cluster.local';
export const names = { grader: 'c_grader', deploys: 'c_deploys', reports: 'c_reports', both: 'c_both', app: 'c_app' };

export type Workloads = Awaited<ReturnType<typeof startWorkloads>>;

export async function startWorkloads() {
  const [platform, cluster] = await Promise.all([workloadIssuer(), workloadIssuer('ES384')]);
  const role = (name: string) => ({ principal_id: `arn:aws:iam::111122223333:role/${name}` });
  const byRole = (client: string, name: string) => ({ client, claims: { 'https://sts.amazonaws.com/': role(name) } });
  const service = await startService({
    fetchAllow: platform.host,
    maxConcurrency: 1,
    trustedIssuers: [
      {
        issuer: platform.url('sts'),
        workloads: [
          byRole(names.grader, 'grader'),
          byRole(names.grader, 'graders/*-eu'),
          byRole(names.both, 'both'),
          byRole(names.reports, 'bo*'),
          byRole(names.app, 'app'),
          byRole('c_nowhere', 'nowhere'),
        ],
      },
      {
        issuer: platform.url('github'),
        workloads: [
          { client: names.deploys, claims: { sub: 'repo:acme/*:ref:refs/heads/main', repository_owner: 'acme' } },
        ],
      },
      {
        ...{
          issuer: CLUSTER,
          algorithms: ['ES384'],
          audience: 'identity',
          jwks: structuredClone(cluster.jwks) as never,
        },
        workloads: [
          {
            client: names.reports,
            claims: { 'kubernetes.io': { namespace: 'essays', serviceaccount: { name: 'reports' } } },
          },
        ],
      },
      // Where nobody has asked yet, and where nobody may.
      ...['silent', 'broken', 'other', 'unasked']
        .map((name) => platform.url(name))
        .concat('http://127.0.0.1:9/sts')
        .map((issuer) => ({
          ...{ issuer, workloads: [{ client: names.grader, claims: { sub: 'x' } }] },
        })),
    ],
  });
  const machine = (clientId: string, more = {}) =>
    newClient(service, 'machine', { clientId, authentication: 'workload', audiences: ['essays'], ...more });
  const grants = ['client_credentials', TOKEN_EXCHANGE] as const;
  const grader = await machine(names.grader, {
    scopes: ['essays:read', 'essays:write'],
    grants,
    first_party: true,
    audiences: ['huleedu-platform'],
  });
  for (const name of [names.deploys, names.reports, names.both]) await machine(name);
  await newClient(service, 'confidential', { clientId: names.app });

  /** Without any credentials: the token is all. */
  const ask = (fields: Record<string, string>) =>
    service.send('POST', '/oauth/token', new URLSearchParams(fields).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  return {
    ...{ service, platform, grader, ask },
    bear: (assertion: string, more: Record<string, string> = {}) => ask({ grant_type: JWT_BEARER, assertion, ...more }),
    asSubject: (token: string) =>
      ask({ grant_type: TOKEN_EXCHANGE, subject_token: token, subject_token_type: tokenTypes.jwt }),
    ofRole: (role = 'grader', over: object = {}, header: object = {}) =>
      platform.sign(stsClaims(platform.url('sts'), service.url, role), over, header),
    ofJob: (repository: string, ref: string) =>
      platform.sign(gitHubClaims(platform.url('github'), service.url, repository, ref)),
    /** @param by whose key signs it */
    ofAccount: (namespace: string, name: string, by = cluster) =>
      by.sign(clusterClaims(CLUSTER, 'identity', namespace, name)),
    async stop() {
      await service.stop();
      await Promise.all([platform.close(), cluster.close()]);
    },
  };
}
