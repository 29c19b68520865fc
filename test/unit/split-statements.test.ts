import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { splitStatements } from '../../functions/store/split-statements.ts';

describe('splitting a migration into statements', () => {
  it.each([
    ['two statements', 'select 1; select 2', ['select 1', 'select 2']],
    ['an empty file', '\n-- nothing yet\n', []],
    ['semicolons in strings', `select ';', 'it''s; fine'; select 2`, [`select ';', 'it''s; fine'`, 'select 2']],
    ['semicolons in escape strings', `select e'\\';', 1; select 2`, [`select e'\\';', 1`, 'select 2']],
    ['a backslash that ends a plain string', `select '\\'; select 2`, [`select '\\'`, 'select 2']],
    ['semicolons in identifiers', `select ";" from "a;b"; select 2`, [`select ";" from "a;b"`, 'select 2']],
    ['dollar quotes', 'do $$ begin; end $$; select 2', ['do $$ begin; end $$', 'select 2']],
    ['nested dollar quotes', 'do $a$ select $$;$$; $a$; select 2', ['do $a$ select $$;$$; $a$', 'select 2']],
    ['parameters, which are not dollar quotes', 'select $1; select $2', ['select $1', 'select $2']],
    ['a dollar inside a name', 'select a$b$c; select 2', ['select a$b$c', 'select 2']],
    ['line comments', 'select 1; -- no; not here\nselect 2', ['select 1', '-- no; not here\nselect 2']],
    ['nested comments', 'select /* ; /* ; */ ; */ 1; select 2', ['select /* ; /* ; */ ; */ 1', 'select 2']],
    ['a string after a comment sign', `select '--'; select '/*'; select 3`, [`select '--'`, `select '/*'`, 'select 3']],
    ['a trailing comment', 'select 1;\n/* the end; */', ['select 1']],
  ])('keeps %s', (_, sql, statements) => {
    expect(splitStatements(sql)).toEqual(statements);
  });

  it('refuses a statement that does not end', () => {
    expect(() => splitStatements('do $$ begin')).toThrow('$$ does not end');
    expect(() => splitStatements('select 1 /* /* */')).toThrow('comment does not end');
  });

  it("loses nothing of this repo's migrations", () => {
    for (const name of readdirSync('migrations')) {
      const sql = readFileSync(`migrations/${name}`, 'utf8');
      const squeezed = (text: string) => text.replaceAll(/[\s;]/g, '');
      expect(squeezed(splitStatements(sql).join(';')), name).toBe(squeezed(sql));
    }
  });
});
