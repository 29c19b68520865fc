/** The Data API takes one statement a call, a migration file holds many. */
import { marks, withoutComments } from './sql-text.ts';

/** @throws Error for a dollar quote or a comment that does not end */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let from = 0;
  for (const { kind, start, end } of marks(sql)) {
    if (kind !== 'semicolon') continue;
    statements.push(sql.slice(from, start));
    from = end;
  }
  statements.push(sql.slice(from));
  return statements.map((statement) => statement.trim()).filter((statement) => !isEmpty(statement));
}

/** Nothing but comments: the Data API refuses it. */
const isEmpty = (statement: string) => withoutComments(statement).trim() === '';
