/** Events and audit entries are each written in one place, so that every statement writes a new column. */
import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { repoRoot } from '../../../lib/build/folders.ts';
import { readSource } from '../../support/source-files.ts';

const sources = globSync('{functions,lib,bin}/**/*.ts', { cwd: repoRoot }).map(
  (file) => [file, readSource(file)] as const,
);
const filesWith = (text: RegExp) =>
  sources.flatMap(([file, source]) => [...source.matchAll(new RegExp(text, 'gi'))].map(() => file));

it.each([
  ['event_outbox', 'functions/store/outbox.ts', 'announce or announceEach'],
  ['audit_log', 'functions/store/audit.ts', 'record or recordEach'],
])('%s is inserted into once, in %s: statements use its %s', (table, file) => {
  expect(filesWith(new RegExp(`insert\\s+into\\s+(public\\.)?${table}\\b`))).toEqual([file]);
});

it('an id is made by newEvent or auditEntry or, if only the database knows how many there are, beside them', () => {
  expect(filesWith(/\buuidv7\(\)/)).toEqual(['functions/store/audit.ts', 'functions/store/outbox.ts']);
});
