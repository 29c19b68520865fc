/** Buses, their rules, the rules' targets, and the operations on them. */
import type {
  DescribeEventBusRequest,
  DescribeRuleRequest,
  ListRulesRequest,
  ListTargetsByRuleRequest,
  PutRuleRequest,
  PutTargetsRequest,
  Target as TargetInput,
  TestEventPatternRequest,
} from '@aws-sdk/client-eventbridge';
import type { RetryPolicy, Target } from './event-delivery.ts';
import { compilePattern, type Matcher } from './event-pattern.ts';
import type { Wire } from './protocol.ts';
import { AwsError, type Operation } from './service.ts';
import { present } from './validation.ts';

export interface RuleTarget {
  readonly id: string;
  readonly arn: string;
  readonly deliver: Target;
  readonly retry: RetryPolicy;
}

export interface Rule {
  readonly name: string;
  readonly busName: string;
  readonly arn: string;
  /** The JSON text, unchanged. */
  readonly pattern: string;
  readonly matches: Matcher;
  readonly enabled: boolean;
  readonly targets: Map<string, RuleTarget>;
}

export interface Rules {
  /** @throws AwsError InvalidEventPatternException, or ResourceNotFoundException for a bus that does not exist. */
  put(rule: { name: string; busName: string; pattern: string; enabled?: boolean }): Rule;
  /** Undefined for a bus that does not exist. */
  ofBus(nameOrArn: string): readonly Rule[] | undefined;
  readonly operations: Readonly<Record<string, Operation>>;
}

export interface RulesOptions {
  /** The buses besides `default`, which every account has. */
  readonly busNames: readonly string[];
  readonly accountId: string;
  readonly region: string;
  /** The target that PutTargets finds at an ARN; undefined when there is none. */
  readonly targetAt: (arn: string) => Target | undefined;
}

export const DEFAULT_BUS = 'default';

export function createRules({ busNames, accountId, region, targetAt }: RulesOptions): Rules {
  const buses = new Map([DEFAULT_BUS, ...busNames].map((name) => [name, new Map<string, Rule>()]));
  const arnOf = (resource: string) => `arn:aws:events:${region}:${accountId}:${resource}`;

  function busOf(nameOrArn: string = DEFAULT_BUS): { busName: string; rules: Map<string, Rule> } {
    const busName = nameOfBus(nameOrArn);
    const rules = buses.get(busName);
    if (!rules) throw new AwsError('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
    return { busName, rules };
  }

  function ruleOf(name: string | undefined, bus: string | undefined): Rule {
    const { busName, rules } = busOf(bus);
    const rule = rules.get(present(name, 'name'));
    if (!rule) {
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${busName}.`);
    }
    return rule;
  }

  /** A rule that is put again keeps its targets. */
  function put({ name, busName: bus, pattern, enabled = true }: Parameters<Rules['put']>[0]): Rule {
    const { busName, rules } = busOf(bus);
    const rule: Rule = {
      name,
      busName,
      arn: arnOf(busName === DEFAULT_BUS ? `rule/${name}` : `rule/${busName}/${name}`),
      pattern,
      matches: compilePattern(pattern),
      enabled,
      targets: rules.get(name)?.targets ?? new Map(),
    };
    rules.set(name, rule);
    return rule;
  }

  function putTarget(rule: Rule, input: Wire<TargetInput>): object[] {
    const [id, arn] = [present(input.Id, 'targets.member.id'), present(input.Arn, 'targets.member.arn')];
    const deliver = targetAt(arn);
    if (!deliver) {
      return [{ TargetId: id, ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Nothing local at ${arn}` }];
    }
    rule.targets.set(id, {
      id,
      arn,
      deliver,
      retry: {
        maximumRetryAttempts: input.RetryPolicy?.MaximumRetryAttempts,
        maximumEventAgeSeconds: input.RetryPolicy?.MaximumEventAgeInSeconds,
      },
    });
    return [];
  }

  return {
    put,
    ofBus(nameOrArn) {
      const rules = buses.get(nameOfBus(nameOrArn));
      return rules && [...rules.values()];
    },
    operations: {
      DescribeEventBus({ Name }: Wire<DescribeEventBusRequest>) {
        const { busName } = busOf(Name);
        return { Name: busName, Arn: arnOf(`event-bus/${busName}`) };
      },
      PutRule(input: Wire<PutRuleRequest>) {
        if (!input.EventPattern) {
          throw new AwsError('ValidationException', 'A local rule needs an EventPattern: there are no schedules here.');
        }
        const rule = put({
          name: present(input.Name, 'name'),
          busName: input.EventBusName ?? DEFAULT_BUS,
          pattern: input.EventPattern,
          enabled: input.State !== 'DISABLED',
        });
        return { RuleArn: rule.arn };
      },
      DescribeRule({ Name, EventBusName }: Wire<DescribeRuleRequest>) {
        return describe(ruleOf(Name, EventBusName));
      },
      ListRules({ EventBusName, NamePrefix = '' }: Wire<ListRulesRequest>) {
        const rules = [...busOf(EventBusName).rules.values()].filter(({ name }) => name.startsWith(NamePrefix));
        return { Rules: rules.map(describe) };
      },
      PutTargets({ Rule: name, EventBusName, Targets }: Wire<PutTargetsRequest>) {
        const rule = ruleOf(name, EventBusName);
        const failed = present(Targets, 'targets').flatMap((target) => putTarget(rule, target));
        return { FailedEntryCount: failed.length, FailedEntries: failed };
      },
      ListTargetsByRule({ Rule: name, EventBusName }: Wire<ListTargetsByRuleRequest>) {
        const { targets } = ruleOf(name, EventBusName);
        return { Targets: [...targets.values()].map(({ id, arn }) => ({ Id: id, Arn: arn })) };
      },
      TestEventPattern({ EventPattern, Event }: Wire<TestEventPatternRequest>) {
        const matches = compilePattern(present(EventPattern, 'eventPattern'));
        return { Result: matches(parseEvent(present(Event, 'event'))) };
      },
    },
  };
}

/** `arn:aws:events:eu-north-1:123456789012:event-bus/platform` → `platform`. */
const nameOfBus = (nameOrArn: string) => nameOrArn.replace(/^arn:.*:event-bus\//, '');

const describe = ({ name, arn, pattern, enabled, busName }: Rule) => ({
  Name: name,
  Arn: arn,
  EventPattern: pattern,
  State: enabled ? 'ENABLED' : 'DISABLED',
  EventBusName: busName,
});

/** The fields that the API reference requires of the event under test. */
const EVENT_FIELDS = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

function parseEvent(event: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(event);
  } catch {
    // Not JSON gets the same answer as JSON that is no object.
  }
  if (typeof parsed !== 'object' || parsed === null) throw badEvent('it is not a JSON object');
  const missing = EVENT_FIELDS.find((field) => !Object.hasOwn(parsed, field));
  if (missing) throw badEvent(`${missing} is missing`);
  return parsed;
}

const badEvent = (reason: string) =>
  new AwsError('ValidationException', `Parameter Event is not valid. Reason: ${reason}`);
