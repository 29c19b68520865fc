import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withoutComments } from '../../functions/store/sql-text.ts';

describe('a statement without its comments', () => {
  it.each([
    ['of a line', "select 1 -- it's :gone\nfrom t", 'select 1  \nfrom t'],
    ['at the end', 'select 1 -- gone', 'select 1  '],
    ['within a line', 'select/* gone */1', 'select 1'],
    ['in one another', 'select /* a /* b */ c */ 1', 'select   1'],
    ['after a string with an apostrophe', `select 'it''s' -- gone`, `select 'it''s'  `],
    ['with an apostrophe before a string', `select -- it's\n '--kept'`, `select  \n '--kept'`],
  ])('has lost one %s', (_, sql, rest) => {
    expect(withoutComments(sql)).toBe(rest);
  });

  it.each([
    `select '-- kept', '/* kept */', 'it''s -- kept'`,
    String.raw`select e'\' -- kept'`,
    `select "-- kept" from "/* kept */"`,
    'select $$ -- kept $$, $tag$ -- $$ kept /* $tag$',
    'create function f() returns int as $body$\n  -- kept\n  select 1\n$body$',
    'select 2 - -1, :kept, a::text, data #>> :path',
  ])('keeps what only looks like one: %s', (sql) => {
    expect(withoutComments(sql)).toBe(sql);
  });
});

it('is what other services get at once, since their database client takes the SQL as it is', () => {
  for (const file of globSync('functions/packages/**/*.ts')) {
    expect(readFileSync(file, 'utf8'), file).not.toMatch(/^\s*-- /m);
  }
});
