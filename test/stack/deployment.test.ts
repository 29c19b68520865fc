import { describe, expect, it } from 'vitest';
import type { FunctionSpec } from '../../lib/service/functions.ts';
import { dev, functionOf, functionsIn, prerequisites, prod, resources, synthesize } from './synthesized.ts';

const { template } = synthesize(dev);
const functions = functionsIn(dev);
const triggers = resources(template, 'Custom::Trigger');
const neededBy = (id = '') => prerequisites(template, id);
const idsOf = (type: string) => resources(template, type).map(({ id }) => id);

describe('a deployment', () => {
  const jobs = functions.filter((spec) => spec.triggers.some(({ kind }) => kind === 'deploy'));

  it('runs the deploy jobs in the table’s order, one after another, after the database can answer', () => {
    expect(jobs.map(({ name }) => name)).toEqual(['migrate', 'rotate-signing-key']);
    expect(triggers.map(({ Properties }) => Properties.InvocationType)).toEqual(jobs.map(() => 'RequestResponse'));
    const [migrate, rotate] = triggers;
    expect([...neededBy(migrate?.id)]).toEqual(expect.arrayContaining(idsOf('AWS::RDS::DBInstance')));
    expect(neededBy(migrate?.id)).toContain(functionOf(template, 'dev', 'migrate').id);
    expect(neededBy(rotate?.id)).toContain(migrate?.id);
    expect(neededBy(rotate?.id)).toContain(functionOf(template, 'dev', 'rotate-signing-key').id);
  });

  it('runs a job again when its code changes, migrations included, and only then', () => {
    const handlerOf = (code: string) =>
      resources(synthesize(dev, undefined, code).template, 'Custom::Trigger').map(
        ({ Properties }) => Properties.HandlerArn,
      );
    expect(handlerOf('a')).toEqual(handlerOf('a'));
    for (const [index, arn] of handlerOf('a').entries()) expect(handlerOf('b')[index]).not.toBe(arn);
  });

  it('changes no serving function, no route and no schedule before the last job is done', () => {
    const last = triggers.at(-1)?.id;
    const serving = functions
      .filter((spec) => !jobs.includes(spec))
      .map(({ name }) => functionOf(template, 'dev', name).id);
    const later = ['Route', 'Integration', 'Stage'].flatMap((type) => idsOf(`AWS::ApiGatewayV2::${type}`));
    for (const id of [...serving, ...later, ...idsOf('AWS::Scheduler::Schedule')]) {
      expect(neededBy(id), id).toContain(last);
    }
  });

  it('serves by the stage, which comes after every route that it throttles', () => {
    const [stage] = idsOf('AWS::ApiGatewayV2::Stage');
    expect([...neededBy(stage)]).toEqual(expect.arrayContaining(idsOf('AWS::ApiGatewayV2::Route')));
  });
});

describe('a resource that a function of ours makes', () => {
  it.each([
    ['retire-signing-keys', dev],
    ['digest-edge-secret', prod],
    ['apply-clients', dev],
  ] as const)('has minutes for its answer, not CloudFormation’s hour: %s', (name, stage) => {
    const [resource] = resources(synthesize(stage).template, `Custom::${name}`);
    const timeout = functionsIn(stage).find((spec) => spec.name === name)?.timeout ?? 0;
    // Lambda runs the function three times at most, with a minute and two minutes between.
    expect(Number(resource?.Properties.ServiceTimeout)).toBeGreaterThan(3 * timeout + 3 * 60);
    expect(Number(resource?.Properties.ServiceTimeout)).toBeLessThanOrEqual(10 * 60);
  });
});

describe('a deployment without a function, which changes its stack', () => {
  const { template: less } = synthesize(dev, undefined, '', { without: ['auth-login'] });
  const namesOf = (type: string, of: typeof less) =>
    resources(of, type).map(
      ({ Properties }) => Properties.LogGroupName ?? Properties.FunctionName ?? Properties.RouteKey,
    );

  it('leaves out the function and its routes, and nothing else', () => {
    for (const [type, gone] of [
      ['AWS::Lambda::Function', 'identity-dev-auth-login'],
      ['AWS::ApiGatewayV2::Route', 'POST /v1/auth/login'],
    ] as const) {
      expect(namesOf(type, less)).toEqual(namesOf(type, template).filter((name) => name !== gone));
    }
    const [stage] = resources(less, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties.RouteSettings).not.toHaveProperty('POST /v1/auth/login');
  });

  it('keeps its log', () => {
    expect(namesOf('AWS::Logs::LogGroup', less)).toEqual(namesOf('AWS::Logs::LogGroup', template));
  });

  it('is refused for a function that every deployment needs', () => {
    for (const name of ['digest-edge-secret', 'retire-signing-keys', 'auth-logon']) {
      expect(() => synthesize(dev, undefined, '', { without: [name] })).toThrow(
        `No function ${name} that can change its stack`,
      );
    }
  });
});

describe('a schedule', () => {
  it('runs each job of the table as often as its row says', () => {
    const schedules = resources(template, 'AWS::Scheduler::Schedule').map(({ Properties }) => [
      Properties.Target.Arn,
      Properties.ScheduleExpression,
    ]);
    expect(schedules).toContainEqual([`<${functionOf(template, 'dev', 'rotate-signing-key').id}.Arn>`, 'rate(1 day)']);
    const scheduled = functions.flatMap((spec) => spec.triggers.filter(({ kind }) => kind === 'schedule'));
    expect(schedules).toHaveLength(scheduled.length);
  });

  it('repeats no run past the next, and none of a job whose next run is minutes away', () => {
    const repeatsIn = (template: typeof inDev, stage: string, name: string) => {
      const { id } = functionOf(template, stage, name);
      const { Properties: retries } = resources(template, 'AWS::Lambda::EventInvokeConfig').find(
        ({ Properties }) => Properties.FunctionName === `<${id}>`,
      ) ?? { Properties: {} };
      const schedule = resources(template, 'AWS::Scheduler::Schedule').find(
        ({ Properties }) => Properties.Target.Arn === `<${id}.Arn>`,
      );
      return [
        retries.MaximumRetryAttempts,
        retries.MaximumEventAgeInSeconds,
        schedule?.Properties.Target.RetryPolicy.MaximumEventAgeInSeconds,
        retries.DestinationConfig?.OnFailure !== undefined,
      ];
    };
    const inDev = template;
    const inProd = synthesize(prod).template;
    const [minute, hour] = [60, 3600];
    expect(repeatsIn(inProd, 'prod', 'relay-outbox')).toEqual([0, 3 * minute, 3 * minute, false]);
    expect(repeatsIn(inProd, 'prod', 'sweep')).toEqual([2, hour, hour, true]);
    expect(repeatsIn(inProd, 'prod', 'rotate-signing-key')).toEqual([2, 6 * hour, 24 * hour, true]);
    // Where requests wake it, the next run may be hours away.
    expect(repeatsIn(inDev, 'dev', 'relay-outbox')).toEqual([2, 6 * hour, 6 * hour, true]);
    expect(repeatsIn(inDev, 'dev', 'sweep')).toEqual([2, 6 * hour, 24 * hour, true]);
  });

  it('S51: keeps runs that did not start, and runs that failed to the end, in an encrypted queue', () => {
    const [schedule] = resources(template, 'AWS::Scheduler::Schedule');
    const queue = resources(template, 'AWS::SQS::Queue').find(
      ({ id }) => schedule?.Properties.Target.DeadLetterConfig.Arn === `<${id}.Arn>`,
    );
    expect(queue?.Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 24 * 60 * 60 });
    const failures = resources(template, 'AWS::Lambda::EventInvokeConfig').map(
      ({ Properties }) => Properties.DestinationConfig.OnFailure.Destination,
    );
    expect(failures).toContain(`<${queue?.id}.Arn>`);
  });
});

describe('a consumer', () => {
  const topics = ['huleedu.identity.user.registered.v1', 'huleedu.identity.account.locked.v1'];
  const consumer: FunctionSpec = {
    name: 'consume',
    entry: 'functions/consumers/consume.ts',
    stack: 'events',
    triggers: [{ kind: 'events', patterns: [{ source: ['huleedu.identity'], 'detail-type': topics }] }],
    may: [],
    memory: 128,
    timeout: 1,
    bundleKiB: 1,
  };
  const stack = synthesize(dev, [consumer]).template;

  it('S61: gets the events of its topics and sources from the stage’s bus, and loses none', () => {
    const [bus] = resources(stack, 'AWS::Events::EventBus');
    const [queue] = resources(stack, 'AWS::SQS::Queue');
    const [rule] = resources(stack, 'AWS::Events::Rule');
    expect(bus?.Properties.Name).toBe('identity-dev');
    expect(rule?.Properties).toMatchObject({
      EventBusName: `<${bus?.id}>`,
      EventPattern: { source: ['huleedu.identity'], 'detail-type': topics },
    });
    expect(rule?.Properties.Targets).toMatchObject([
      { Arn: `<${functionOf(stack, 'dev', 'consume').id}.Arn>`, DeadLetterConfig: { Arn: `<${queue?.id}.Arn>` } },
    ]);
    const [retries] = resources(stack, 'AWS::Lambda::EventInvokeConfig');
    expect(retries?.Properties.DestinationConfig.OnFailure.Destination).toBe(`<${queue?.id}.Arn>`);
  });
});
