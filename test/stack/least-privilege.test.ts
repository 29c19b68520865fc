import { describe, expect, it } from 'vitest';
import { signingKeyPolicy } from '../../functions/aws/signing-key-policy.ts';
import { allows } from '../support/key-policy.ts';
import { dev, functionOf, functionsIn, resources, type Statement, statementsOf, synthesize } from './synthesized.ts';

const { template } = synthesize(dev);
const functions = functionsIn(dev);

/** The stage's functions, with what their roles allow. */
const roles = functions.map((spec) => {
  const roleId = functionOf(template, 'dev', spec.name).Properties.Role.replace(/^<|\.Arn>$/g, '');
  const { Path = '/' } = resources(template, 'AWS::IAM::Role').find(({ id }) => id === roleId)?.Properties ?? {};
  // IAM makes the name.
  const roleArn = `arn:aws:iam::111122223333:role${Path}identity-dev-Sessions-${spec.name}-1A2B3C`;
  return { ...spec, roleArn, statements: statementsOf(template, roleId) };
});
const everyStatement = resources(template, 'AWS::IAM::Role').flatMap(({ id }) => statementsOf(template, id));

/** Actions for which AWS accepts only `*`, each with the reason. */
const unbounded = new Map([
  ['xray:PutTraceSegments', 'traces have no ARN'],
  ['xray:PutTelemetryRecords', 'telemetry has no ARN'],
  ['kms:CreateKey', 'a future key has no ARN; its tag, spec and usage are conditions'],
  ['kms:ListAliases', 'the list of the account has no ARN, and no filter'],
  ['kms:ListKeys', 'the list of the account has no ARN, and no filter'],
]);

const toLogs = 'logs:CreateLogStream,logs:PutLogEvents';

describe('S49: every role', () => {
  it('names its actions', () => {
    const vague = everyStatement.flatMap(({ actions }) => actions).filter((action) => action.includes('*'));
    expect(vague).toEqual([]);
  });

  it('names its resources, except for actions that AWS allows only on all', () => {
    const actions = everyStatement.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    expect(new Set(actions)).toEqual(new Set(unbounded.keys()));
  });

  it('restricts by a condition what it cannot name', () => {
    const open = everyStatement.filter(
      ({ actions, resources, Condition }) =>
        resources.some((arn) => arn.endsWith('*')) && !Condition && !actions.every((action) => unbounded.has(action)),
    );
    // The jobs' versions, which CDK's trigger invokes: each deployment makes a new one.
    const jobs = functions.filter(({ triggers }) => triggers.some(({ kind }) => kind === 'deploy'));
    const versions = jobs.map(({ name }) => `lambda:InvokeFunction <${functionOf(template, 'dev', name).id}.Arn>:*`);
    // The streams of one log group, as Lambda names them.
    const logs = [...functions.map(({ name }) => name), 'deployment', 'network'].map(
      (name) => `${toLogs} log-group:/aws/lambda/identity-dev-${name}:*`,
    );
    const shown = open.flatMap(({ actions, resources }) =>
      resources.map((arn) => `${[...actions].sort()} ${arn.replace(/^arn:.*:(?=log-group:)/, '')}`),
    );
    expect(shown.sort()).toEqual([...versions, ...logs].sort());
  });

  it('may write only its own log', () => {
    for (const { name, statements } of roles) {
      const logs = statements.filter(({ actions }) => actions.some((action) => action.startsWith('logs:')));
      expect(logs.flatMap(({ resources }) => resources)).toEqual([
        expect.stringMatching(new RegExp(`:log-group:/aws/lambda/identity-dev-${name}:\\*$`)),
      ]);
    }
  });

  it('has no managed policy, which would grant on everything', () => {
    const managed = resources(template, 'AWS::IAM::Role').filter(({ Properties }) => Properties.ManagedPolicyArns);
    expect(managed).toEqual([]);
  });
});

describe('S49: a function may do what its row says', () => {
  const actionsOf = (statements: readonly Statement[]) =>
    new Set(statements.flatMap(({ actions }) => actions).filter((action) => !/^(logs|xray|sqs):/.test(action)));
  const granted = (action: string) =>
    roles.filter(({ statements }) => actionsOf(statements).has(action)).map(({ name }) => name);
  const capable = (...capabilities: string[]) =>
    roles.filter(({ may }) => may.some((capability) => capabilities.includes(capability))).map(({ name }) => name);

  it.each([
    ['rds-data:ExecuteStatement', ['database', 'migrate']],
    ['rds-data:BeginTransaction', ['migrate']],
    ['events:PutEvents', ['put-events']],
    ['kms:GetPublicKey', ['sign', 'read-public-keys']],
    ['kms:CreateKey', ['rotate-keys']],
    ['kms:ScheduleKeyDeletion', ['rotate-keys']],
  ])('%s comes only with %j', (action, capabilities) => {
    expect(granted(action)).toEqual(capable(...capabilities));
    expect(granted(action)).not.toEqual([]);
  });

  it('S42: only functions that sign may call kms:Sign, on keys with the stage’s aliases', () => {
    expect(granted('kms:Sign')).toEqual(capable('sign'));
    const signing = everyStatement.filter(({ actions }) => actions.includes('kms:Sign'));
    for (const { Condition } of signing) {
      expect(Condition).toEqual({
        'ForAnyValue:StringEquals': {
          'kms:ResourceAliases': ['next', 'active', 'previous'].map((role) => `alias/identity-dev/${role}`),
        },
      });
    }
  });

  it('S42: the policy of the keys lets these roles sign, by the path in their ARN, and nothing else', () => {
    const policy = signingKeyPolicy('dev', 'arn:aws:iam::111122223333:root');
    const signers = roles.filter(({ roleArn }) => allows(policy, roleArn, 'kms:Sign')).map(({ name }) => name);
    expect(signers).toEqual(capable('sign'));
    const { rotate } = Object.groupBy(roles, ({ may }) => (may.includes('rotate-keys') ? 'rotate' : 'others'));
    // Else KMS would refuse what the job does: each key's policy is asked as well as IAM's.
    for (const { roleArn, statements } of rotate ?? []) {
      const ofKeys = statements.filter(({ resources }) => resources.some((arn) => arn.endsWith(':key/*')));
      for (const action of ofKeys.flatMap(({ actions }) => actions)) {
        expect([action, allows(policy, roleArn, action)]).toEqual([action, true]);
      }
    }
  });

  it('S42: no function may read, export, import or decrypt with a key, or change its policy', () => {
    const kms = everyStatement.flatMap(({ actions }) => actions).filter((action) => action.startsWith('kms:'));
    expect([...new Set(kms)].sort()).toEqual([
      'kms:CreateAlias',
      'kms:CreateKey',
      'kms:DeleteAlias',
      'kms:DescribeKey',
      'kms:GetPublicKey',
      'kms:ListAliases',
      'kms:ListKeys',
      'kms:ListResourceTags',
      'kms:ScheduleKeyDeletion',
      'kms:Sign',
      'kms:TagResource',
      'kms:UpdateAlias',
    ]);
  });

  it('a function without capabilities may only log and trace', () => {
    const [plain] = roles.filter(({ name }) => name === 'healthz');
    expect(plain?.statements.flatMap(({ actions }) => actions).sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it('S55: only the migrating job may open the database as its owner', () => {
    const ownerSecret = functionOf(template, 'dev', 'migrate').Properties.Environment.Variables.DATABASE_SECRET_ARN;
    const openers = roles.filter(({ statements }) =>
      statements.some(({ resources }) => resources.includes(ownerSecret)),
    );
    expect(openers.map(({ name }) => name)).toEqual(['migrate']);
  });

  it('an HMAC key is readable only by functions whose row names it', () => {
    const arn = functionOf(template, 'dev', 'auth-login').Properties.Environment.Variables.SECRET_REFRESH_CHAIN_ARN;
    const readers = roles.filter(({ statements }) => statements.some(({ resources }) => resources.includes(arn)));
    expect(readers.map(({ name }) => name)).toEqual(capable('secret:refresh-chain'));
  });
});
