/** How findings are shown: to people in a terminal, and to machines. */
import type { Finding } from './examine.ts';
import { SETTINGS } from './subjects.ts';
import { count, minute } from './words.ts';

export interface Examined {
  readonly stage: string;
  readonly at: Date;
  readonly findings: readonly Finding[];
}

type State = Finding['state'];
export type Paint = (color: 'green' | 'yellow' | 'red' | 'magenta' | 'dim' | 'bold', text: string) => string;

const marks: Readonly<Record<State, readonly [mark: string, color: Parameters<Paint>[0]]>> = {
  ok: ['ok', 'green'],
  warning: ['warning', 'yellow'],
  fault: ['fault', 'red'],
  unknown: ['unknown', 'magenta'],
  'not-here': ['not here', 'dim'],
};

/** Columns of a line, and of the mark before it. */
const WIDTH = 80;
const MARK = 9;

/**
 * Names and messages come from AWS, from the service's address and from its events: none may move the cursor, colour the
 * text or turn it around.
 */
const shownAsText = (text: string) => text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

/** The report for people: each check a line, and below one that is not ok what it means and what mends it. */
export function textOf({ stage, at, findings }: Examined, paint: Paint): string {
  const lines = [`Stage ${stage}, ${minute(at)}`];
  // What does not exist on this machine would hide the rest.
  const shown = findings.filter(({ state }) => state !== 'not-here');
  for (const [subject, own] of Map.groupBy(shown, (finding) => finding.subject)) {
    lines.push('', paint('bold', subject));
    for (const { state, seen, means, mend } of own) {
      const [mark, color] = marks[state];
      const [first = '', ...rest] = wrapped(shownAsText(seen));
      lines.push(`${paint(color, mark.padEnd(MARK - 1))} ${first}`, ...rest.map(indented));
      for (const text of [means, mend && `→ ${mend}`])
        if (text) lines.push(...wrapped(shownAsText(text)).map(indented));
    }
  }
  return `${[...lines, '', ...closing(findings, paint)].join('\n')}\n`;
}

function closing(findings: readonly Finding[], paint: Paint): string[] {
  const counts = countsOf(findings);
  const said = [
    count(counts.fault, 'fault'),
    count(counts.warning, 'warning'),
    `${counts.unknown} unknown`,
    `${counts.ok} ok`,
  ];
  const worst = findings.filter(({ state }) => state === 'fault').map(({ check }) => check);
  const missing = [...new Set(findings.flatMap((finding) => finding.missing ?? []))].sort();
  const away = findings.filter(({ state }) => state === 'not-here').length;
  return [
    paint('bold', said.join(', ')),
    ...(worst.length > 0 ? wrapped(`Faults: ${worst.join(', ')}`, WIDTH) : []),
    ...(missing.length > 0 ? wrapped(`Not permitted to you: ${missing.join(', ')} (README, "The doctor")`, WIDTH) : []),
    ...(away > 0 ? [`${away} checks are for a stage on AWS: this machine has no such thing`] : []),
  ];
}

const indented = (line: string) => `${' '.repeat(MARK)}${line}`;

/** A command, up to a comma or a bracket, or a word. */
const PIECES = /\b(?:npm run|aws) [^,;(]*[^,;(\s][,;]?|\S+/g;

/** What is longer than a line stays whole, so that it can be copied. */
function wrapped(text: string, width = WIDTH - MARK): string[] {
  const lines: string[] = [];
  for (const word of text.match(PIECES) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The report for machines. `version` rises when a member goes or changes its meaning. */
export const jsonOf = ({ stage, at, findings }: Examined): string =>
  `${escaped(JSON.stringify({ version: 1, stage, at: at.toISOString(), counts: countsOf(findings), findings }, null, 2))}\n`;

/** JSON itself escapes no more than those below a space, and terminals obey others too. */
const escaped = (json: string) =>
  json.replaceAll(
    /[\u007f-\u009f\p{Bidi_Control}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export function countsOf(findings: readonly Finding[]): Record<State, number> {
  const counts = { ok: 0, warning: 0, fault: 0, unknown: 0, 'not-here': 0 };
  for (const { state } of findings) counts[state]++;
  return counts;
}

/**
 * 0, or 1 with a fault; when strict also with a warning or with what is not known; 2 when nothing at all could be seen.
 */
export function exitCodeOf(findings: readonly Finding[], strict: boolean): 0 | 1 | 2 {
  const { warning, fault, unknown } = countsOf(findings);
  // What is said of cdk.json is known without looking.
  const seen = findings.some(({ subject, state }) => subject !== SETTINGS && (state === 'ok' || state === 'warning'));
  if (fault > 0 || (strict && warning + unknown > 0)) return 1;
  return seen ? 0 : 2;
}
