import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimsOf, newOrganization } from '../support/organizations.ts';
import { login, newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

/**
 * A model of the refresh chain without SQL: tokens in the order in which they were issued, when and for which browser
 * the last rotation was, and the session's organisation. Random sequences of commands must find no difference between
 * the model and the service.
 */
interface Model {
  /** Seconds since the run began. */
  now: number;
  /** The tokens issued so far, the current one last. */
  issued: string[];
  rotatedAt: number;
  rotatedFor: Agent | null;
  org: string | null;
  openedAt: number;
  revoked: boolean;
}

type Agent = 'Browser/1.0' | 'Thief/1.0';
type Asked = 'none' | 'first' | 'second' | 'strange';

const GRACE = 10;
const DAY = 24 * 60 * 60;
const account = { email: newEmail(), password: 'correct horse battery staple' };

let service: Service;
const orgs: Record<Asked, string | undefined> = {
  none: undefined,
  first: undefined,
  second: undefined,
  strange: undefined,
};
beforeAll(async () => {
  service = await sharedService();
  const person = await registerAndLogin(service, account);
  orgs.first = await newOrganization(service, person);
  orgs.second = await newOrganization(service, person);
  orgs.strange = await newOrganization(service, await registerAndLogin(service));
});
afterAll(() => service.stop());

const isExpired = ({ now, rotatedAt, openedAt }: Model) => now - rotatedAt >= 30 * DAY || now - openedAt >= 90 * DAY;

/** The expected code, and the model after it; `back` is how many generations old the presented token is. */
function expectRefresh(model: Model, { back, agent, asked }: Refresh): string {
  if (model.revoked) return 'REFRESH_TOKEN_INVALID';
  if (isExpired(model)) return 'REFRESH_TOKEN_EXPIRED';
  const inGrace = back === 1 && model.now - model.rotatedAt <= GRACE && model.rotatedFor === agent;
  if (back > 0 && !inGrace) {
    model.revoked = true;
    return 'REFRESH_TOKEN_REUSED';
  }
  if (asked === 'strange') return 'RESOURCE_NOT_FOUND';
  return back === 0 ? 'rotated' : 'replayed';
}

class Refresh implements fc.AsyncCommand<Model, Service> {
  readonly back: number;
  readonly agent: Agent;
  readonly asked: Asked;
  constructor(back: number, agent: Agent, asked: Asked) {
    this.back = back;
    this.agent = agent;
    this.asked = asked;
  }
  check = (model: Model) => model.issued.length > this.back;
  async run(model: Model) {
    const request = { refresh_token: model.issued.at(-1 - this.back), org_id: orgs[this.asked] };
    const { status, body } = await service.post('/v1/auth/refresh', request, { 'user-agent': this.agent });
    const expected = expectRefresh(model, this);
    if (expected !== 'rotated' && expected !== 'replayed') {
      expect(body.code).toBe(expected);
      return;
    }
    expect(status).toBe(200);
    if (expected === 'rotated') {
      expect(model.issued).not.toContain(body.refresh_token);
      model.issued.push(body.refresh_token);
      model.rotatedAt = model.now;
      model.rotatedFor = this.agent;
    }
    model.org = orgs[this.asked] ?? model.org;
    expect(body.refresh_token).toBe(model.issued.at(-1));
    expect(claimsOf({ accessToken: body.access_token }).org_id).toBe(model.org);
  }
  toString = () => `refresh(${this.back} back, ${this.agent}, ${this.asked})`;
}

class Garbage implements fc.AsyncCommand<Model, Service> {
  readonly position: number;
  constructor(position: number) {
    this.position = position;
  }
  check = () => true;
  async run(model: Model) {
    const token = model.issued.at(-1) ?? '';
    const at = this.position % token.length;
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    const { body } = await service.post('/v1/auth/refresh', { refresh_token: changed });
    expect(body.code).toBe('REFRESH_TOKEN_INVALID');
  }
  toString = () => `garbage(${this.position})`;
}

class End implements fc.AsyncCommand<Model, Service> {
  readonly path: 'logout' | 'revoke';
  constructor(path: 'logout' | 'revoke') {
    this.path = path;
  }
  check = () => true;
  async run(model: Model) {
    const token = model.issued.at(-1);
    const answer = await service.post(`/v1/auth/${this.path}`, { refresh_token: token, token });
    expect(answer.status).toBe(this.path === 'logout' ? 204 : 200);
    model.revoked = true;
  }
  toString = () => this.path;
}

class Wait implements fc.AsyncCommand<Model, Service> {
  readonly seconds: number;
  constructor(seconds: number) {
    this.seconds = seconds;
  }
  check = () => true;
  async run(model: Model) {
    model.now += this.seconds;
    service.setClockOffset(model.now);
  }
  toString = () => `wait(${this.seconds} s)`;
}

const refresh = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
    fc.constantFrom<Agent>('Browser/1.0', 'Browser/1.0', 'Browser/1.0', 'Thief/1.0'),
    fc.constantFrom<Asked>('none', 'none', 'none', 'first', 'second', 'strange'),
  )
  .map((about) => new Refresh(...about));
const step = fc.oneof(
  { weight: 8, arbitrary: refresh },
  { weight: 2, arbitrary: fc.nat(400).map((position) => new Garbage(position)) },
  // A second away from every edge, as real time also passes while a sequence runs.
  { weight: 4, arbitrary: fc.constantFrom(1, 3, 15, DAY, 20 * DAY, 31 * DAY).map((seconds) => new Wait(seconds)) },
  { weight: 1, arbitrary: fc.constantFrom('logout' as const, 'revoke' as const).map((path) => new End(path)) },
);

it('S18, S20, S22, S25, S70: behaves as the model does in random sequences', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands([step], { maxCommands: 25 }), async (commands) => {
      service.setClockOffset(0);
      const { refreshToken } = await login(service, account);
      const issued = [refreshToken];
      const org = orgs.first ?? null;
      const model = { now: 0, issued, rotatedAt: 0, rotatedFor: null, org, openedAt: 0, revoked: false };
      await fc.asyncModelRun(() => ({ model, real: service }), commands);
    }),
    { numRuns: 40, interruptAfterTimeLimit: 20_000 },
  );
}, 60_000);
