/** A root template and its nested ones as one equivalent template, for tests of what no single template shows. */
import { Template } from 'aws-cdk-lib/assertions';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

/**
 * Each resource of a nested stack waits for what the stack waits for; what waits for the stack waits for all of them.
 * @throws Error when two stacks have a resource with the same id
 */
export function asOne(root: Template, nested: ReadonlyMap<string, Template>): Template {
  const { Resources, ...rest } = root.toJSON();
  const whole: Record<string, Resource> = { ...Resources };
  for (const [id, template] of nested) {
    const stack: Resource = Resources[id];
    const { Parameters = {} } = stack.Properties as { Parameters?: Readonly<Record<string, unknown>> };
    const before = [...dependsOn(stack), ...referred(Parameters)];
    const inside: Record<string, Resource> = template.toJSON().Resources;
    for (const [name, resource] of Object.entries(inside)) {
      if (whole[name]) throw new Error(`${name} is in two stacks`);
      const given = withArguments(resource, Parameters) as Resource;
      whole[name] = { ...given, DependsOn: [...new Set([...dependsOn(given), ...before])] };
    }
    whole[id] = { ...stack, DependsOn: [...dependsOn(stack), ...Object.keys(inside)] };
  }
  return Template.fromJSON({ ...rest, Resources: whole });
}

const dependsOn = ({ DependsOn = [] }: Resource): readonly string[] => [DependsOn].flat();

/** The template of the one stack that is nested in another, with the outputs that the other passes on, and its arguments. */
export function asRoot(outer: Template, root: Template): Template {
  const { Resources, Outputs = {} } = outer.toJSON();
  const stacks = Object.entries<Resource>(Resources).filter(([, { Type }]) => Type === 'AWS::CloudFormation::Stack');
  if (stacks.length !== 1) throw new Error(`${stacks.length} stacks are nested in the outer`);
  const [[id, { Properties = {} }] = ['', {} as Resource]] = stacks;
  const { Outputs: own = {}, ...rest } = root.toJSON();
  const passedOn = Object.entries<{ Value: { 'Fn::GetAtt'?: readonly [string, string] } }>(Outputs).map(
    ([name, { Value, ...more }]) => {
      const [from, output = ''] = Value['Fn::GetAtt'] ?? [];
      if (from !== id) throw new Error(`the output ${name} is not passed on`);
      return [name, { ...more, Value: own[output.replace('Outputs.', '')].Value }];
    },
  );
  const { Parameters: given = {} } = Properties as { Parameters?: Readonly<Record<string, unknown>> };
  return Template.fromJSON({
    ...(withArguments(rest, given) as object),
    ...(passedOn.length > 0 ? { Outputs: Object.fromEntries(passedOn) } : {}),
  });
}

/** `{ Ref }` of a parameter becomes the value that the root passes for it. */
function withArguments(value: unknown, given: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((one) => withArguments(one, given));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref } = value as { Ref?: string };
  if (Ref !== undefined && given[Ref] !== undefined) return given[Ref];
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withArguments(inner, given)]));
}

/** The ids of the resources that a value refers to. */
function referred(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referred);
  if (typeof value !== 'object' || value === null) return [];
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
  if (Ref?.startsWith('AWS::')) return [];
  if (Ref !== undefined) return [Ref];
  if (attribute?.[0] !== undefined) return [attribute[0]];
  return Object.values(value).flatMap(referred);
}
