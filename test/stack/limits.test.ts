/** The limits of CloudFormation and API Gateway: none is near when the service has five times its functions. */
import { isDeepStrictEqual } from 'node:util';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { FunctionSpec, Trigger } from '../../lib/service/functions.ts';
import { dev, functionsIn, prod, type Resource, resources, synthesize } from './synthesized.ts';

const FUNCTIONS = 250;

/** The table, and copies of its routes with other names and paths. A path open to GET also takes a form, as a page. */
function grown(): FunctionSpec[] {
  const table = functionsIn(prod);
  const ofRoutes = table.filter(({ triggers }) => triggers.some(({ kind }) => kind === 'http'));
  const copies = Array.from({ length: FUNCTIONS - table.length }, (_, index) => {
    const spec = ofRoutes[index % ofRoutes.length];
    if (!spec) throw new Error('the table has no routes');
    const copies = spec.triggers.flatMap((trigger) => copied(trigger, index));
    const triggers = [...new Map(copies.map((trigger) => [keyOf(trigger), trigger])).values()];
    return { ...spec, name: `${spec.name}-${index}`, triggers };
  });
  return [...table, ...copies];
}

const keyOf = (trigger: Trigger) =>
  trigger.kind === 'http' ? `${trigger.route.method} ${trigger.route.path}` : JSON.stringify(trigger);

function copied(trigger: Trigger, index: number): Trigger[] {
  if (trigger.kind !== 'http') return [trigger];
  const route = { ...trigger.route, path: `/${index}${trigger.route.path}` } as const;
  const form = { kind: 'http', route: { ...route, method: 'POST' } } as const;
  return route.method === 'HEAD' ? [{ kind: 'http', route }, form] : [{ kind: 'http', route }];
}

describe(`with ${FUNCTIONS} functions`, () => {
  const { root, nested, template } = synthesize(prod, grown());
  const templates = [['root', root] as const, ...nested];
  const all = templates.flatMap(([, each]) => resources(each));
  const ofType = (type: string): Resource[] => all.filter(({ Type }) => Type === type);

  it('deploys them all', () => {
    const named = ofType('AWS::Lambda::Function').filter(({ Properties }) => Properties.FunctionName);
    expect(named).toHaveLength(FUNCTIONS);
  });

  it('has fewer than 2,000 resources: an operation on a hierarchy of stacks takes at most 2,500', () => {
    expect(all.length).toBeLessThan(2_000);
    expect(resources(template)).toHaveLength(all.length);
  });

  it('has one integration for each function with routes, at most 250: an API takes 300, which cannot be raised', () => {
    const integrations = ofType('AWS::ApiGatewayV2::Integration');
    expect(integrations.length).toBeLessThanOrEqual(250);
    const behind = integrations.map(({ Properties }) => Properties.IntegrationUri);
    expect(new Set(behind).size).toBe(integrations.length);
    expect(ofType('AWS::ApiGatewayV2::Route').length).toBeGreaterThan(integrations.length);
  });

  it.each(templates)('%s: 400 resources of 500, 150 parameters and outputs of 200, half of 1 MB', (_id, each) => {
    const { Resources, Parameters = {}, Outputs = {} } = each.toJSON();
    expect(Object.keys(Resources).length).toBeLessThanOrEqual(400);
    expect(Object.keys(Parameters).length).toBeLessThanOrEqual(150);
    expect(Object.keys(Outputs).length).toBeLessThanOrEqual(150);
    expect(JSON.stringify(each.toJSON()).length).toBeLessThanOrEqual(500_000);
  });
});

describe.each([
  ['dev', dev],
  ['prod', prod],
])('references between the stacks of %s', (_name, settings) => {
  const { root, nested } = synthesize(settings);

  it('run only from the nested stacks to the root', () => {
    // A nested stack passes nothing out: it has no outputs, and nothing imports a value.
    for (const [, template] of nested) expect(template.toJSON().Outputs ?? {}).toEqual({});
    const text = JSON.stringify([root, ...nested.values()].map((each) => each.toJSON()));
    expect(text).not.toContain('Fn::ImportValue');
    for (const id of nested.keys()) expect(text).not.toContain(`{"Fn::GetAtt":["${id}"`);
    for (const id of nested.keys()) expect(text).not.toContain(`{"Ref":"${id}"}`);
  });

  it('leave every other subject unchanged when one changes', () => {
    const changed = functionsIn(settings).map((spec) => (spec.stack === 'pages' ? { ...spec, memory: 1024 } : spec));
    const after = synthesize(settings, changed);
    const differing = [...nested].filter(([id, template]) => !isSame(template, after.nested.get(id)));
    expect(differing.map(([id]) => id)).toEqual(['Pages']);
    const others = (of: Template) => resources(of).filter(({ id }) => id !== 'Pages');
    expect(withoutHashes(others(after.root))).toEqual(withoutHashes(others(root)));
  });
});

/** A nested template's name is a hash of it, which depends on the order of its parts. */
const withoutHashes = (parts: readonly unknown[]): unknown =>
  JSON.parse(JSON.stringify(parts).replaceAll(/[0-9a-f]{64}\.json/g, 'template.json'));

/** Whatever the order of its parts: CDK sorts tokens by their numbers, which go on from one synth to the next. */
const isSame = (one: Template, other: Template | undefined): boolean =>
  isDeepStrictEqual(one.toJSON(), other?.toJSON());
