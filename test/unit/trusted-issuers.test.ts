/** The setting `trustedIssuers`, and what its patterns match. */
import { describe, expect, it } from 'vitest';
import { isLike } from '../../functions/domain/trusted-issuer.ts';
import { parseSettings } from '../../lib/service/config.ts';

const STS = 'https://a1b2-c3d4.tokens.sts.global.api.aws';
const GITHUB = 'https://token.actions.githubusercontent.com';
const role = { 'https://sts.amazonaws.com/': { principal_id: 'arn:aws:iam::111122223333:role/grader' } };
const grader = { kind: 'machine', name: 'Grader', authentication: 'workload' } as const;
const withIssuers = (trustedIssuers: unknown, clients: object = { grader }) =>
  parseSettings({ stage: 'dev', deployment: { clients, trustedIssuers } });
const one = (issuer: string, claims: unknown, more: object = {}) => [
  { issuer, workloads: [{ client: 'grader', claims }], ...more },
];

it('takes a role, a job and a service account, with what is usual', () => {
  const jobs = { repository_owner_id: '42', sub: 'repo:acme/*:ref:refs/heads/main' };
  const account = { 'kubernetes.io': { namespace: 'essays', serviceaccount: { name: 'grader' } } };
  const issuers = [...one(STS, role), ...one(GITHUB, jobs), ...one('https://cluster.example', account)];
  expect(withIssuers(issuers).deployment.trustedIssuers[0]).toEqual({
    ...{ issuer: STS, algorithms: ['RS256'], maxSeconds: 3600 },
    workloads: [{ client: 'grader', claims: role }],
  });
});

it.each<[unknown, object | undefined, string]>([
  [one(STS, role, { issuer: 'sts' }), undefined, 'trustedIssuers.0.issuer: '],
  [one('http://sts.example', role), undefined, 'trustedIssuers.0.issuer: must begin with https:'],
  [one(STS, role, { algorithms: ['HS256'] }), undefined, 'trustedIssuers.0.algorithms.0: '],
  [one(STS, role, { algorithms: ['none'] }), undefined, 'trustedIssuers.0.algorithms.0: '],
  [one(STS, role, { algorithms: [] }), undefined, 'trustedIssuers.0.algorithms: '],
  [one(STS, role, { maxSeconds: 100_000 }), undefined, 'trustedIssuers.0.maxSeconds: '],
  [one(STS, role, { jwks: { keys: [] } }), undefined, 'trustedIssuers.0.jwks: must have 1 to 10 keys'],
  [one(STS, role, { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }), undefined, 'trustedIssuers.0.jwks: has a fault'],
  [
    one(STS, role, { jwks: { keys: [{ kty: 'EC' }] }, jwksUri: STS }),
    undefined,
    'trustedIssuers.0.jwksUri: must not be',
  ],
  [one(STS, {}), undefined, 'trustedIssuers.0.workloads.0.claims: must name a claim'],
  [one(STS, { a: {} }), undefined, 'trustedIssuers.0.workloads.0.claims: must name a claim'],
  [one(STS, { a: '*' }), undefined, 'trustedIssuers.0.workloads.0.claims'],
  [one(STS, { a: 'x**' }), undefined, 'trustedIssuers.0.workloads.0.claims'],
  [one(STS, { a: 'x*y*' }), undefined, 'trustedIssuers.0.workloads.0.claims'],
  [one(STS, { a: 'x*' }), undefined, 'trustedIssuers.0.workloads.0.claims: must have a claim without *'],
  [
    one(STS, { sub: 'arn:aws:iam::111122223333:role/x' }),
    undefined,
    'trustedIssuers.0.workloads.0.claims: must not name sub',
  ],
  [one(GITHUB, { ref: 'refs/heads/main' }), undefined, 'must say whose repository it is'],
  [one(GITHUB, { ref: 'refs/heads/main', repository: 'ac*' }), undefined, 'must say whose repository it is'],
  [
    one(GITHUB, { ref: 'refs/heads/main', sub: 'repo:*/shop:ref:refs/heads/main' }),
    undefined,
    'must say whose repository',
  ],
  [[...one(STS, role), ...one(STS, role)], undefined, 'trustedIssuers: must name each issuer once'],
  [one(STS, role), {}, 'trustedIssuers.0.workloads.0.client: must be a machine among the clients'],
  [
    one(STS, role),
    { grader: { kind: 'public', name: 'x', redirectUris: ['https://a.example/'] } },
    'must be a machine among',
  ],
  [[], { grader }, 'clients.grader.authentication: needs a workload of trustedIssuers'],
  [
    one(STS, role),
    {
      grader,
      shop: { kind: 'confidential', name: 'x', redirectUris: ['https://a.example/'], authentication: 'workload' },
    },
    'clients.shop.authentication: ',
  ],
])('stops the synth at %j', (issuers, clients, message) => {
  expect(() => withIssuers(issuers, clients)).toThrow(message);
});

describe('S77: a pattern', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'A', false],
    ['a', 'ab', false],
    ['a', 'ba', false],
    ['a', 'a\n', false],
    ['a*', 'ab', true],
    ['a*', 'a', false],
    ['a*c', 'abc', true],
    ['a*c', 'ac', false],
    ['aba*aba', 'aba', false],
    ['repo:acme/*:ref:refs/heads/main', 'repo:acme/shop:ref:refs/heads/main', true],
    ['repo:acme/*:ref:refs/heads/main', 'repo:acme/shop:environment:x:ref:refs/heads/main', false],
    ['repo:acme/*:ref:refs/heads/*', 'repo:acme/shop:ref:refs/heads/a/b', false],
    ['repo:acme/*', 'repo:acme/shop:ref:refs/heads/main', false],
    ['arn:aws:iam::1:role/*', 'arn:aws:iam::1:role/a/b', false],
    ['a.c', 'abc', false],
    ['(a+)+$', 'a', false],
  ])('%j and %j: %s', (pattern, text, is) => {
    expect(isLike(pattern, text)).toBe(is);
  });
});
