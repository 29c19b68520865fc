import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifier } from '../../functions/packages/verify/index.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { acts, mailed, setters } from '../support/level-acts.ts';
import { type Mail, type Model, recheck, type Stage, seen, type World } from '../support/level-model.ts';
import { newWalker } from '../support/level-walk.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

class Step implements fc.AsyncCommand<Model, World> {
  readonly name: string;
  readonly choice: number;
  constructor(name: string, choice: number) {
    this.name = name;
    this.choice = choice;
  }
  check = () => true;
  async run(model: Model, world: World) {
    await { ...acts, ...mailed, ...setters }[this.name]?.(model, world, this.choice);
    const session = model.sessions[this.choice % Math.max(model.sessions.length, 1)];
    if (session) await recheck(session, model, world);
  }
  toString = () => `${this.name}(${this.choice})`;
}

const step = (names: object, weight: number) => ({
  weight,
  arbitrary: fc.tuple(fc.constantFrom(...Object.keys(names)), fc.nat(419)).map((about) => new Step(...about)),
});
const steps = fc.commands([fc.oneof(step(acts, 12), step(setters, 4), step(mailed, 1))], {
  maxCommands: 30,
  size: 'max',
});
const factors = fc.record({ app: fc.boolean(), passkey: fc.boolean(), codes: fc.boolean() });

describe.each<[Stage, Mail]>([
  ['off', 'off'],
  ['optional', 'off'],
  ['required', 'off'],
  ['optional', 'level2'],
])('where the stage has the second factor %s, and mailed codes %s', (stage, mail) => {
  let service: Service;
  let client: TestClient;
  beforeAll(async () => {
    // No shared service has both.
    service = await sharedService({ secondFactor: stage, emailLogin: 'on', mailAsSecondFactor: mail });
    client = await newClient(service, 'confidential', { first_party: true, audiences: ['huleedu-platform'] });
  });
  afterAll(async () => {
    service.setClockOffset(0);
    await service.stop();
  });

  it('S86: no walk through the doors finds a token above what was shown, or that avoids what is demanded', async () => {
    await fc.assert(
      fc.asyncProperty(steps, factors, fc.boolean(), async (commands, own, strictFirst) => {
        const walker = await newWalker(service, own, strictFirst);
        const first = strictFirst ? walker.orgs.strict : walker.orgs.own;
        const clock = () => new Date(Date.now() + walker.now() * 1000);
        const verify = verifier({ issuer: service.url, audience: 'huleedu-platform', clock });
        const state = { sessions: [], admin: false, policy: null, closed: false, fromMail: false };
        const model: Model = Object.defineProperty(state, 'now', { get: walker.now }) as never;
        await fc.asyncModelRun(
          () => ({ model, real: { stage, mail, service, client, walker, first, verify } }),
          commands,
        );
      }),
      { seed: 18, numRuns: 8, endOnFailure: true },
    );
  }, 120_000);
});

/** By door, what it gave where level 2 was demanded or not, and what it withheld: none of it is missing. */
it('S86: the walks came through every door', () => {
  const each = (names: string[], ends: string[]) => names.flatMap((name) => ends.map((end) => `${name} ${end}`));
  const expected = [
    ...each(
      ['password', 'passkey', 'mail', 'refresh', 'switch', 'code', 'client refresh', 'page'],
      ['free', 'demanded'],
    ),
    ...each(['password again', 'factor again', 'new password', 'wished code'], ['demanded']),
    'password enrols',
    ...['password', 'browser'].map((door) => `${door} by a mailed code`),
    ...each(['refresh', 'code', 'client refresh'], ['refused']),
  ];
  expect(expected.filter((one) => !seen.has(one))).toEqual([]);
});
