import { expect, it } from 'vitest';
import { fortyTimes } from '../../support/cpu-time.ts';
import { readers, readHonest, texts, tolerant } from '../../support/hostile-texts.ts';

const isLinear = fortyTimes(readHonest);

it.each(Object.entries(readers))('S66: %s is read in linear time, whatever it holds', (_, read) => {
  for (const text of texts) {
    expect(
      isLinear(() => tolerant(() => read(text))),
      JSON.stringify(text.slice(0, 20)),
    ).toBe(true);
  }
});
