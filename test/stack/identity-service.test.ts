/** IdentityService in an app of somebody else's: what it makes there, and what it leaves alone. */
import { readFileSync } from 'node:fs';
import { App, Fn, NestedStack, PermissionsBoundary, Stack, type StackProps, Stage, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PermissionsBoundary as RoleBoundary } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Trigger } from 'aws-cdk-lib/triggers';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../../lib/build/folders.ts';
import { type AnyResource, makeIdentity, namesIn, resourcesIn, templatesIn } from './in-an-app.ts';
import { dev, prod, synthesize } from './synthesized.ts';

const recommended = JSON.parse(
  readFileSync(`${repoRoot}/node_modules/aws-cdk-lib/recommended-feature-flags.json`, 'utf8'),
);
const off = Object.fromEntries(Object.entries(recommended).map(([flag, on]) => [flag, on === true ? false : on]));
const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/school/1a2b3c4d';
const behindFirewall = { ...prod, deployment: { ...prod.deployment, edge: { withoutDomain: true, webAclArn } } };

const resourcesOf = (stack: Stack): Record<string, AnyResource> => Template.fromStack(stack).toJSON().Resources;

describe('in an app', () => {
  // As this repository's own, so that references have the same names.
  const inApp = (context: object, settings = dev, more: StackProps = {}) =>
    makeIdentity(new Stack(new App({ context: { ...context } }), 'identity-dev', more), 'Identity', settings);

  it.each([
    ['no feature flags', {}],
    ['all flags that CDK recommends', recommended],
    ['those of them off that can be', off],
  ])('with %s it is what it is in this repository’s', (_name, context) => {
    const { root, nested } = synthesize(dev);
    const own = [root, ...nested.values()].map((template) => Object.entries<AnyResource>(template.toJSON().Resources));
    const theirs = [...templatesIn(inApp(context)).values()].map((template) => Object.entries(template));
    expect(theirs.flatMap((one) => one.map(idAndName))).toEqual(own.flatMap((one) => one.map(idAndName)));
    const policies = (entries: [string, AnyResource][][]) =>
      entries.flat().filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    expect(policies(theirs)).toEqual(policies(own));
  });

  it('has the same ids and names wherever it is deployed', () => {
    const [open, placed] = [{}, { env: { account: '111122223333', region: 'eu-north-1' } }].map((env) =>
      [...templatesIn(inApp({}, behindFirewall, env)).values()].flatMap((one) => Object.entries(one).map(idAndName)),
    );
    expect(placed).toEqual(open);
  });
});

const idAndName = ([id, { Type, Properties = {} }]: [string, AnyResource]) => {
  const { FunctionName, LogGroupName, Name, QueueName, DBClusterIdentifier, RouteKey } = Properties;
  // A version is named after what is in it.
  return [
    id.replace(/(CurrentVersion\w{8})\w+$/, '$1'),
    Type,
    FunctionName,
    LogGroupName,
    Name,
    QueueName,
    DBClusterIdentifier,
    RouteKey,
  ];
};

describe('in a stack that has a trigger and a network of its own', () => {
  const others = () => {
    const stack = new Stack(new App(), 'School');
    new Trigger(stack, 'Seed', {
      handler: new LambdaFunction(stack, 'Seeder', {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = async () => {};'),
      }),
    });
    const vpc = new Vpc(stack, 'Network', { restrictDefaultSecurityGroup: true, natGateways: 0 });
    new SecurityGroup(stack, 'Group', { vpc });
    return stack;
  };
  const stack = others();
  const blue = makeIdentity(stack, 'Blue', { ...dev, stage: 'blue' });
  const green = makeIdentity(stack, 'Green', { ...dev, stage: 'green' });
  const without = resourcesOf(others());
  const around = resourcesOf(stack);

  it('adds one resource, and changes nothing', () => {
    const { IdentityServiceBlue, IdentityServiceGreen, ...rest } = around;
    expect([IdentityServiceBlue?.Type, IdentityServiceGreen?.Type]).toEqual([
      'AWS::CloudFormation::Stack',
      'AWS::CloudFormation::Stack',
    ]);
    expect(rest).toEqual(without);
  });

  it('S49: strips the managed policy from CDK’s functions of its own alone', () => {
    const managed = (one: Record<string, AnyResource>) =>
      Object.values(one).filter(({ Properties }) => Properties?.ManagedPolicyArns).length;
    // The seeder's, that of the trigger's function, and that of the function that empties the group.
    expect(managed(around)).toBe(3);
    for (const template of templatesIn(blue).values()) expect(managed(template)).toBe(0);
  });

  it('stands twice, once for each stage: no name is taken twice', () => {
    const [inBlue, inGreen] = [namesIn(blue), namesIn(green)];
    expect(inBlue.length).toBeGreaterThan(100);
    expect(inBlue.filter((name) => inGreen.includes(name))).toEqual([]);
    expect(inGreen).toEqual(inBlue.map((name) => name.replace('identity-blue', 'identity-green')));
  });

  it('is refused a second time for the same stage, whose names it would take again', () => {
    const twice = new Stack(new App(), 'Twice');
    makeIdentity(twice, 'Blue', { stage: 'blue', functions: [] });
    const nested = new NestedStack(twice, 'Nested');
    for (const scope of [twice, nested])
      expect(() => makeIdentity(scope, 'Again', { stage: 'blue' })).toThrow('stage blue is in stack Twice already');
  });

  it('is refused also in another stack of the same account and region, and of no other', () => {
    const app = new App();
    const stackIn = (id: string, region: string) => new Stack(app, id, { env: { account: '111122223333', region } });
    const blue = { stage: 'blue', functions: [] };
    makeIdentity(stackIn('One', 'eu-north-1'), 'Blue', blue);
    makeIdentity(stackIn('Two', 'eu-west-1'), 'Blue', blue);
    expect(() => makeIdentity(stackIn('Three', 'eu-north-1'), 'Blue', blue)).toThrow(
      'Three/Blue: stage blue is in 111122223333, eu-north-1 already, as One/Blue',
    );
  });
});

describe('in two stacks of an app, one of them in a Stage', () => {
  const app = new App();
  const bounded = new Stage(app, 'Bounded', { permissionsBoundary: PermissionsBoundary.fromName('developers') });
  const one = makeIdentity(new Stack(bounded, 'One'), 'Identity', dev);
  const two = makeIdentity(new Stack(app, 'Two'), 'Identity', { ...dev, stage: 'two' });

  it('has its own resources in each', () => {
    expect(namesIn(two)).toEqual(namesIn(one).map((name) => name.replace('identity-dev', 'identity-two')));
  });

  it('S49: has the Stage’s permissions boundary on each role', () => {
    for (const { Properties } of rolesIn(one)) {
      expect(JSON.stringify(Properties.PermissionsBoundary)).toContain(':policy/developers');
    }
    expect(rolesIn(two).filter(({ Properties }) => Properties.PermissionsBoundary)).toEqual([]);
  });
});

const rolesIn = (identity: ReturnType<typeof makeIdentity>) =>
  resourcesIn(identity).filter(({ Type }) => Type === 'AWS::IAM::Role');

describe('tags and a permissions boundary', () => {
  const stack = new Stack(new App({ context: { ...recommended } }), 'Stack');
  const identity = makeIdentity(stack, 'Identity', behindFirewall);
  Tags.of(identity).add('team', 'identity');
  RoleBoundary.of(identity).apply(ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'developers'));

  it('reach each role: those with a path, those in nested stacks, and those of CDK’s own functions', () => {
    const roles = rolesIn(identity);
    expect(roles.filter(({ Properties }) => Properties.Path)).not.toEqual([]);
    expect(roles.filter(({ Properties }) => !Properties.PermissionsBoundary || !isTagged(Properties))).toEqual([]);
  });

  it('reach whatever takes tags', () => {
    const without = resourcesIn(identity).filter(({ Properties }) => !isTagged(Properties));
    expect([...new Set(without.map(({ Type }) => Type))].sort()).toEqual(untaggable);
  });
});

const isTagged = (properties: AnyResource['Properties']) =>
  JSON.stringify([properties?.Tags ?? null]).match(/"team"(?::|,"Value":)"identity"/) !== null;

/** Types that take no tags: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ */
const untaggable = [
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::CloudFront::CachePolicy',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::SES::ConfigurationSetEventDestination',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'Custom::Trigger',
  'Custom::VpcRestrictDefaultSG',
  'Custom::apply-clients',
  'Custom::digest-edge-secret',
];

describe('its properties', () => {
  const identity = (props: object) => makeIdentity(new Stack(new App(), 'Stack'), 'Identity', { ...dev, ...props });

  it.each([
    [{ stage: 'Dev' }, 'stage: lower-case letters'],
    [{ stage: Fn.ref('Stage') }, 'stage: must be known when the app is synthesized'],
    [{ service: { accessTokenSecond: 1 } }, 'service: Unrecognized key: "accessTokenSecond"'],
    [{ service: { mail: { sender: Fn.importValue('Sender') } } }, 'service.mail.sender: must be known'],
    [{ deployment: { database: { minCapacity: 8 } } }, 'deployment.database.minCapacity: must not exceed maxCapacity'],
    [{ deployment: { keyArn: 'key' } }, 'deployment.keyArn: must be the ARN of a KMS key'],
    [
      { deployment: { alarms: { on: true, topicArn: new Topic(new Stack(), 'Topic') } } },
      'deployment.alarms.topicArn: Invalid input: expected string',
    ],
    [{ deployment: { alarms: { on: true } } }, 'deployment.alarms.emails: nobody would receive the alarms'],
    [{ deployment: { throttles: { 'GET /nowhere': { rate: 1 } } } }, 'deployment.throttles: no route GET /nowhere'],
    [{ deployment: { edge: { withoutDomain: true } } }, 'deployment.edge.webAclArn: '],
    [{ code: '/nowhere' }, '/nowhere/migrate/index.mjs is not there: npm run build makes it'],
    [{ code: '/nowhere', service: { passwordHasher: 'native' } }, 'npm run build -- --native'],
  ])('are refused by name: %j', (props, message) => {
    expect(() => identity(props)).toThrow(message);
  });
});
