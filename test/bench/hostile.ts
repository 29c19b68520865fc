/** CPU time before a request is admitted, at worst over the corpora of hostile bodies and texts (S66). */
import { leastOf } from '../support/cpu-time.ts';
import { bodies, FORM_TYPE, forms, JSON_TYPE, read, requests } from '../support/hostile-bodies.ts';
import { readers, texts, tolerant } from '../support/hostile-texts.ts';
import type { Bench, Figure } from './figure.ts';

const RUNS = 3;

export const bench: Bench = async () => [
  worst('a body', [
    ...readings(Object.entries(bodies), (body) =>
      requests.map(
        ([, schema]) =>
          () =>
            read(body, JSON_TYPE, schema),
      ),
    ),
    ...readings(Object.entries(forms), (body) =>
      requests.map(
        ([, schema]) =>
          () =>
            read(body, FORM_TYPE, schema),
      ),
    ),
  ]),
  ...Object.entries(readers).map(([name, reader]) =>
    worst(
      name,
      readings(
        texts.map((text) => [JSON.stringify(text.slice(0, 8)), text] as const),
        (text) => [() => tolerant(() => reader(text))],
      ),
    ),
  ),
];

type Reading = readonly [what: string, work: () => unknown];

const readings = (of: readonly (readonly [string, string])[], worksOf: (text: string) => readonly (() => unknown)[]) =>
  of.flatMap(([what, text]) => worksOf(text).map((work): Reading => [what, work]));

function worst(name: string, all: readonly Reading[]): Figure {
  let [value, note] = [0, ''];
  for (const [what, work] of all) {
    const time = leastOf(RUNS, work);
    if (time > value) [value, note] = [time, what];
  }
  return { what: `${name}, at worst`, value, unit: 'ms', target: { atMost: 50 }, note };
}
