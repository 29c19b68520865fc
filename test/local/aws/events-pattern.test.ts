import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../lib/local/aws/event-pattern.ts';

/** The example event of the engine's documentation. */
const instance = {
  version: '0',
  id: 'ddddd4-aaaa-7777-4444-345dd43cc333',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '012345679012',
  time: '2017-10-02T16:24:49Z',
  region: 'us-east-1',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000'],
  detail: {
    'c-count': 5,
    'd-count': 3,
    'x-limit': 301.8,
    'source-ip': '10.0.0.33',
    'instance-id': 'i-000000aaaaaa00000',
    state: 'running',
  },
};
const employees = {
  employees: [
    { firstName: 'John', lastName: 'Doe' },
    { firstName: 'Anna', lastName: 'Smith' },
    { firstName: 'Peter', lastName: 'Jones' },
  ],
};

/** One field `v` against alternatives: values that match, and values that do not. */
type Vector = [alternatives: unknown[], matching: unknown[], others: unknown[]];

describe('an event pattern', () => {
  it.each<[string, object]>([
    ['an exact value', { source: ['aws.ec2'] }],
    ['any of several values', { detail: { state: ['initializing', 'running'] } }],
    [
      'a value in a list',
      { resources: ['arn:other', 'arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000'] },
    ],
    ['a prefix', { time: [{ prefix: '2017-10-02' }] }],
    ['a suffix', { source: [{ suffix: 'ec2' }] }],
    ['a number in any notation', { detail: { 'x-limit': [{ numeric: ['=', 3.018e2] }] } }],
    ['an absent field', { detail: { 'e-count': [{ exists: false }] } }],
    ['an intermediate node, which exists does not see', { detail: [{ exists: false }] }],
    [
      'everything at once',
      {
        time: [{ prefix: '2017-10-02' }],
        detail: {
          state: [{ 'anything-but': 'initializing' }],
          'c-count': [{ numeric: ['>', 0, '<=', 5] }],
          'd-count': [{ numeric: ['<', 10] }],
          'x-limit': [{ 'anything-but': [100, 200, 300] }],
          'source-ip': [{ cidr: '10.0.0.0/8' }],
        },
      },
    ],
  ])('matches %s in the documented event', (_, pattern) => {
    expect(matches(pattern, instance)).toBe(true);
  });

  it.each<[string, object]>([
    ['another value', { source: ['aws.s3'] }],
    ['another case', { source: ['AWS.ec2'] }],
    ['the same value in another place', { detail: { source: ['aws.ec2'] } }],
    ['a missing field', { detail: { colour: ['red'] } }],
    ['an object instead of a value', { detail: [{ exists: true }] }],
    ['one field of two', { source: ['aws.ec2'], region: ['eu-north-1'] }],
  ])('does not match %s', (_, pattern) => {
    expect(matches(pattern, instance)).toBe(false);
  });

  it.each<Vector>([
    [
      ['a', 'b'],
      ['a', 'b', ['x', 'b'], [['a']]],
      ['c', '', 'A', ['x', 'y'], [], null, 1, { a: 'a' }],
    ],
    [[''], [''], [null, ' ', 'a', 0, false]],
    [[null], [null], ['', 'null', 0, false]],
    [[true], [true], ['true', 1, false]],
    [[300], [300, 3e2], ['300', 301, 300.1]],
    [[{ prefix: 'us-' }], ['us-east-1', 'us-'], ['eu-us-1', 'US-east-1', 5, null]],
    [[{ prefix: { 'equals-ignore-case': 'EventB' } }], ['eventbridge', 'EVENTB'], ['event', 'xeventb']],
    [[{ suffix: '.png' }], ['a.png', '.png'], ['a.PNG', 'a.png.gz', 5]],
    [[{ suffix: { 'equals-ignore-case': '.png' } }], ['a.png', 'a.PNG'], ['a.gif']],
    [[{ 'equals-ignore-case': 'alice' }], ['alice', 'ALICE', 'Alice'], ['alic', 'alices', null]],
    [
      [{ wildcard: 'dir/*.png' }],
      ['dir/a.png', 'dir/b/c.png', 'dir/.png', 'dir/a\n.png'],
      ['dir/a.gif', 'xdir/a.png', 'dir/a.png.gz'],
    ],
    [[{ wildcard: 'a*b*c' }], ['abc', 'a1b2c', 'abbc'], ['acb', 'ab', 'xabc']],
    [[{ wildcard: 'a.c' }], ['a.c'], ['abc']],
    [[{ wildcard: '5 \\* 5 = \\\\25*' }], ['5 * 5 = \\25', '5 * 5 = \\25 !'], ['5 x 5 = \\25']],
    [[{ numeric: ['=', 100] }], [100, 100.0], [101, '100']],
    [[{ numeric: ['>', 10, '<=', 20] }], [10.5, 20], [10, 20.01, '15', null]],
    [[{ numeric: ['>=', 0] }], [0, 5e9], [-0.1, 5e9 + 1]],
    [[{ numeric: ['<', 0] }], [-1], [0]],
    [[{ cidr: '10.0.0.0/24' }], ['10.0.0.0', '10.0.0.255'], ['10.0.1.0', '::1', 'ten', 10]],
    [[{ cidr: '2001:db8::/32' }], ['2001:db8::1', '2001:0DB8:ffff::'], ['2001:db9::1', '10.0.0.1']],
    [['2001:db8::1'], ['2001:db8::1', '2001:0db8:0:0:0:0:0:1'], ['2001:db8::2']],
    [[{ exists: true }], ['', null, 0, ['a']], [undefined, {}, { a: 1 }, []]],
    [[{ exists: false }], [undefined, {}, { a: 1 }, []], ['', null, 0, ['a']]],
    [[{ exists: false }, 'a'], [undefined, 'a'], ['b']],
    [
      [{ 'anything-but': 'initializing' }],
      ['running', 5, null, ['initializing', 'running']],
      ['initializing', undefined, ['initializing']],
    ],
    [[{ 'anything-but': 123 }], [124, '123'], [123]],
    [[{ 'anything-but': ['stopped', 'overloaded'] }], ['running'], ['stopped', 'overloaded']],
    [[{ 'anything-but': [100, 200] }], [300, '100'], [100, 200]],
    [[{ 'anything-but': { prefix: 'init' } }], ['stopped', 5], ['initializing', undefined]],
    [[{ 'anything-but': { prefix: ['init', 'stop'] } }], ['running'], ['initializing', 'stopped']],
    [[{ 'anything-but': { suffix: '.png' } }], ['a.gif'], ['a.png']],
    [
      [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }],
      ['running'],
      ['INITIALIZING', 'Stopped'],
    ],
    [[{ 'anything-but': { wildcard: '*/lib/*' } }], ['/usr/bin/x'], ['/usr/lib/x']],
    [
      [{ prefix: 'a' }, { numeric: ['>', 5] }, null],
      ['ab', 6, null],
      ['b', 5],
    ],
  ])('%j takes %j and not %j', (alternatives, matching, others) => {
    const pattern = { v: alternatives };
    for (const v of matching) expect(matches(pattern, { v }), JSON.stringify(v)).toBe(true);
    for (const v of others) expect(matches(pattern, { v }), JSON.stringify(v)).toBe(false);
  });

  it('looks into lists of objects, at any depth', () => {
    expect(matches({ employees: { firstName: ['Anna'] } }, employees)).toBe(true);
    expect(matches({ employees: { firstName: ['Anna'] } }, { employees: [[...employees.employees]] })).toBe(true);
  });

  it('does not put one match together from two elements of a list', () => {
    expect(matches({ employees: { firstName: ['Anna'], lastName: ['Smith'] } }, employees)).toBe(true);
    expect(matches({ employees: { firstName: ['Anna'], lastName: ['Jones'] } }, employees)).toBe(false);
  });

  it('tries another element when the first match leads nowhere', () => {
    const event = {
      a: [
        { b: 1, c: 1 },
        { b: 1, c: 2 },
      ],
    };
    expect(matches({ a: { b: [1], c: [2] } }, event)).toBe(true);
  });

  it('finds a field absent only when no element of the list has it', () => {
    expect(matches({ a: { b: [{ exists: false }] } }, { a: [{ b: 1 }, { c: 1 }] })).toBe(false);
    expect(matches({ a: { b: [{ exists: false }] } }, { a: [{ c: 1 }] })).toBe(true);
  });

  it.each<[event: object, boolean]>([
    [{ source: 'aws.cloudwatch', metricName: 'ReadLatency' }, true],
    [{ source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/EC2', metricId: 1234 }, true],
    [{ source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/EC2', spaceId: 1000 }, true],
    [{ source: 'aws.cloudwatch', scope: 'Service' }, true],
    [{ source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/EC2' }, false],
    [{ source: 'aws.cloudwatch' }, false],
    [{ source: 'aws.s3', scope: 'Service' }, false],
  ])('with nested $or meets %j: %s', (event, expected) => {
    const pattern = {
      source: ['aws.cloudwatch'],
      $or: [
        { metricName: ['CPUUtilization', 'ReadLatency'] },
        {
          metricType: ['MetricType'],
          namespace: ['AWS/EC2', 'AWS/ES'],
          $or: [{ metricId: [1234] }, { spaceId: [1000] }],
        },
        { scope: ['Service'] },
      ],
    };
    expect(matches(pattern, event)).toBe(expected);
  });

  it('applies a $or below the root to the fields there', () => {
    const pattern = { detail: { $or: [{ 'c-count': [{ numeric: ['>', 9] }] }, { state: ['running'] }] } };
    expect(matches(pattern, instance)).toBe(true);
    expect(matches(pattern, { detail: { 'c-count': 5, state: 'stopped' } })).toBe(false);
  });
});

/** Through JSON, as events arrive. */
const matches = (pattern: object, event: object) =>
  compilePattern(JSON.stringify(pattern))(JSON.parse(JSON.stringify(event)));
