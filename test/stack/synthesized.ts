/** A stage's stacks as the templates that CloudFormation would get, in a form for tests. */
import { readFileSync } from 'node:fs';
import { App, NestedStack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { makeStage, type StageOptions } from '../../lib/aws/stage.ts';
import { parseSettings, type StageSettingsInput } from '../../lib/service/config.ts';
import type { FunctionSpec } from '../../lib/service/functions.ts';
import { functionsOf } from '../../lib/service/present.ts';
import { asOne, asRoot } from './as-one.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/** The stages as cdk.json has them; production with what whoever deploys it has to choose. */
export const dev: StageSettingsInput = { stage: 'dev', ...context.stages.dev };
/** As cdk.json has it: a synth refuses it until the choices are made. */
export const undecided: StageSettingsInput = { stage: 'prod', ...context.stages.prod };
export const prod: StageSettingsInput = {
  ...undecided,
  service: { ...undecided.service, mail: { sender: 'no-reply@school.test' } },
  deployment: {
    ...undecided.deployment,
    alarms: { ...undecided.deployment?.alarms, emails: ['on-call@example.com'] },
    edge: { ...undecided.deployment?.edge, withoutDomain: true },
  },
};

/** Production with every setting that makes more of it. */
export const everything: StageSettingsInput = {
  ...prod,
  deployment: { ...prod.deployment, auditExport: {}, backupCopy: { region: 'eu-west-1' } },
};

type Synthesized = ReturnType<typeof synthesizeAnew>;
const synthesized = new Map<string, Synthesized>();

/** Uses the feature flags of `cdk synth`, and code that needs no bundling; synthesized once for the same arguments. */
export function synthesize(
  settings: StageSettingsInput,
  table?: readonly FunctionSpec[],
  code = '',
  { without = [], isFirst = false }: Pick<StageOptions, 'without' | 'isFirst'> = {},
): Synthesized {
  const key = JSON.stringify([settings, table, code, without, isFirst]);
  const known = synthesized.get(key) ?? synthesizeAnew(settings, table, code, { without, isFirst });
  synthesized.set(key, known);
  return known;
}

function synthesizeAnew(
  settings: StageSettingsInput,
  table: readonly FunctionSpec[] | undefined,
  code: string,
  options: Pick<StageOptions, 'without' | 'isFirst'>,
) {
  const app = new App({ context });
  const { service, firewall, backups } = makeStage(app, {
    settings: parseSettings(settings),
    ...options,
    code: ({ name }) => Code.fromInline(`exports.handler = async () => '${name} ${code}'`),
    // Only a stage in two regions needs its account and region.
    ...(settings.deployment?.edge || settings.deployment?.backupCopy
      ? { env: { account: '111122223333', region: 'eu-north-1' } }
      : {}),
    ...(table ? { functions: table } : {}),
  });
  const outer = Template.fromStack(service);
  const [inner] = nestedIn(service.identity);
  if (!inner) throw new Error('the service has no stack of its own');
  const root = asRoot(outer, Template.fromStack(inner));
  const nested = new Map(nestedIn(inner).map((stack) => [stack.node.id, Template.fromStack(stack)]));
  return {
    app,
    service,
    /** The stack that a consumer of the construct has, here this repo's own. */
    outer,
    /** The whole stage, as if it were one stack. */
    template: asOne(root, nested),
    /** The service's own stack, with the outputs of the outer. */
    root,
    /** By their ids: `Sessions`. */
    nested,
    ...(firewall ? { firewall: Template.fromStack(firewall) } : {}),
    ...(backups ? { backups: Template.fromStack(backups) } : {}),
  };
}

const nestedIn = ({ node }: Construct): NestedStack[] => node.children.filter((child) => child instanceof NestedStack);

/** The functions of the table that a stage has. */
export const functionsIn = (settings: StageSettingsInput): FunctionSpec[] => [...functionsOf(parseSettings(settings))];

export interface Resource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has properties of its own.
  readonly Properties: any;
  readonly DependsOn: readonly string[];
  readonly DeletionPolicy?: string;
}

/** Resources of a type, or all; intrinsic functions as text: `<Id>` for Ref, `<Id.Arn>` for GetAtt, joins joined. */
export function resources(template: Template, type?: string): Resource[] {
  return Object.entries(template.toJSON().Resources)
    .map(([id, resource]) => {
      const { DependsOn = [], ...rest } = readable(resource) as Partial<Resource>;
      return { Type: '', Properties: {}, ...rest, id, DependsOn: [DependsOn].flat() };
    })
    .filter((resource) => type === undefined || resource.Type === type);
}

function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(readable).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

/** Everything that must exist before the resource: by DependsOn and by reference, and what that needs in turn. */
export function prerequisites(template: Template, id: string): Set<string> {
  const all = new Map(resources(template).map((resource) => [resource.id, resource]));
  const found = new Set<string>();
  const follow = (from: string) => {
    const resource = all.get(from);
    const mentioned = JSON.stringify(resource?.Properties ?? {}).matchAll(/<(\w+)(?:\.[\w.]+)?>/g);
    for (const next of [...(resource?.DependsOn ?? []), ...[...mentioned].map(([, name = '']) => name)]) {
      if (found.has(next) || !all.has(next)) continue;
      found.add(next);
      follow(next);
    }
  };
  follow(id);
  return found;
}

/** The function's resource, by its name in lib/service/functions.ts. */
export function functionOf(template: Template, stage: string, name: string): Resource {
  const found = resources(template, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties.FunctionName === `identity-${stage}-${name}`,
  );
  if (!found) throw new Error(`there is no function ${name} in the template`);
  return found;
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

/** What a role may and may not do, by its own policies and those attached to it. */
export function statementsOf(template: Template, roleId: string): Statement[] {
  const attached = resources(template, 'AWS::IAM::Policy').filter(({ Properties }) =>
    Properties.Roles.includes(`<${roleId}>`),
  );
  const own = resources(template, 'AWS::IAM::Role').find(({ id }) => id === roleId)?.Properties.Policies ?? [];
  return [...attached.map(({ Properties }) => Properties), ...own]
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .map(({ Action, Resource, ...rest }) => ({ ...rest, actions: [Action].flat(), resources: [Resource].flat() }));
}
