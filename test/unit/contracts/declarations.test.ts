/** The types that consumers import agree with the schemas. */
import { readFileSync } from 'node:fs';
import { expect, expectTypeOf, it } from 'vitest';
import { declarations, declarationsFile } from '../../../functions/contracts/events/declarations.ts';
import type { EventData, Topic } from '../../../functions/contracts/events/registry.ts';
import type { EventsByTopic } from '../../../functions/packages/events/index.ts';

it('are in git as the schemas give them; npm run contracts writes them', () => {
  expect(readFileSync(declarationsFile, 'utf8')).toBe(declarations());
});

it('have every topic, and accept what a schema has parsed', () => {
  expectTypeOf<keyof EventsByTopic>().toEqualTypeOf<Topic>();
  expectTypeOf<{ [T in Topic]: EventData<T> }>().toExtend<EventsByTopic>();
});
