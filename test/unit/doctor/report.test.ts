import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../lib/operator/doctor/examine.ts';
import { exitCodeOf, jsonOf, textOf } from '../../../lib/operator/doctor/report.ts';
import { listed, span } from '../../../lib/operator/doctor/words.ts';

const finding = (state: Finding['state'], more: Partial<Finding> = {}): Finding => ({
  check: `check-${state}`,
  subject: 'Mail',
  state,
  seen: `It is ${state}`,
  ...more,
});
const at = new Date('2026-11-27T03:12:30Z');
const all = [
  finding('ok'),
  finding('warning', { means: 'It means this.', mend: 'npm run deploy' }),
  finding('fault', { seen: 'word '.repeat(30).trim(), subject: 'Alarms' }),
  finding('unknown', { missing: ['kms:ListAliases'] }),
  finding('not-here'),
];
const plain = (_: string, text: string) => text;

it('a report has a line for each check, below it what it means and what mends it, and the worst at its end', () => {
  expect(textOf({ stage: 'prod', at, findings: all }, plain)).toBe(`Stage prod, 2026-11-27 03:12 UTC

Mail
ok       It is ok
warning  It is warning
         It means this.
         → npm run deploy
unknown  It is unknown

Alarms
fault    ${'word '.repeat(14).trim()}
         ${'word '.repeat(14).trim()}
         word word

1 fault, 1 warning, 1 unknown, 1 ok
Faults: check-fault
Not permitted to you: kms:ListAliases (README, "The doctor")
1 checks are for a stage on AWS: this machine has no such thing
`);
});

it('no line is longer than 80 columns, unless a word is', () => {
  const long = [
    finding('fault', { seen: 'a bc '.repeat(40), means: 'def '.repeat(40), mend: `x ${'y'.repeat(90)} z` }),
  ];
  const lines = textOf({ stage: 'prod', at, findings: long }, plain).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([`         ${'y'.repeat(90)}`]);
});

it('a command is in one line, so that it can be copied', () => {
  const mend = 'npm run outbox -- dead --stage prod, mend the cause, then npm run outbox -- redrive --all --stage prod';
  const text = textOf({ stage: 'prod', at, findings: [finding('fault', { seen: 'a', means: 'b', mend })] }, plain);
  expect(text).toContain(' npm run outbox -- dead --stage prod, mend the cause, then\n');
  expect(text).toContain(' npm run outbox -- redrive --all --stage prod\n');
});

it('machines read the same, in a shape that stays', () => {
  const report = JSON.parse(jsonOf({ stage: 'prod', at, findings: all }));
  expect(report).toMatchObject({
    version: 1,
    stage: 'prod',
    at: '2026-11-27T03:12:30.000Z',
    counts: { ok: 1, warning: 1, fault: 1, unknown: 1, 'not-here': 1 },
  });
  expect(report.findings[1]).toEqual({
    check: 'check-warning',
    subject: 'Mail',
    state: 'warning',
    seen: 'It is warning',
    means: 'It means this.',
    mend: 'npm run deploy',
  });
});

it('what AWS names things moves no cursor and colours nothing, for people and for machines', () => {
  const [hostile, harmless] = ['a\u001b[2J\r\n\u009bm\u202eb', 'a\ufffd[2J\ufffd\ufffd\ufffdm\ufffdb'];
  const findings = [finding('fault', { seen: hostile, means: hostile, mend: hostile })];
  const text = textOf({ stage: 'prod', at, findings }, plain);
  expect(text.split(harmless)).toHaveLength(4);
  const json = jsonOf({ stage: 'prod', at, findings });
  for (const shown of [text, json]) expect(shown).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  expect(JSON.parse(json).findings[0].seen).toBe(hostile);
});

describe('the exit code', () => {
  it.each([
    [['ok', 'warning', 'unknown'], 0, 1],
    [['ok', 'not-here'], 0, 0],
    [['ok', 'unknown'], 0, 1],
    [['ok', 'fault'], 1, 1],
    [['unknown', 'fault'], 1, 1],
    [['unknown'], 2, 1],
  ] as const)('of %j is %i, strictly %i', (states, code, strict) => {
    const findings = states.map((state) => finding(state));
    expect([exitCodeOf(findings, false), exitCodeOf(findings, true)]).toEqual([code, strict]);
  });

  it('is 2 when only cdk.json could be seen', () => {
    const findings = [finding('unknown'), finding('ok', { subject: 'Settings' })];
    expect(exitCodeOf(findings, false)).toBe(2);
  });
});

it('times and names are said briefly', () => {
  expect([0, 59_999, 119_000, 121_000, 7_199_000, 7_200_000, 172_800_000].map(span)).toEqual([
    '0 s',
    '59 s',
    '119 s',
    '2 min',
    '119 min',
    '2 h',
    '2 days',
  ]);
  expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
});
