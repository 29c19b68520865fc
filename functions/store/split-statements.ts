/** The Data API takes one statement a call, a migration file holds many. */

/**
 * What a semicolon may hide in, by PostgreSQL's lexical rules: comments (nested ones too), strings, escape strings,
 * quoted identifiers, dollar quotes.
 * Source: https://www.postgresql.org/docs/18/sql-syntax-lexical.html
 */
const TOKEN =
  /--[^\n]*|\/\*|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|;/gs;

/** @throws Error for a dollar quote or a comment that does not end */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match; match = TOKEN.exec(sql)) {
    const [token] = match;
    if (token === ';') {
      statements.push(sql.slice(start, match.index));
      start = TOKEN.lastIndex;
    } else if (token === '/*') {
      TOKEN.lastIndex = endOfComment(sql, match.index);
    } else if (token.startsWith('$')) {
      TOKEN.lastIndex = endOfDollarQuote(sql, TOKEN.lastIndex, token);
    }
  }
  statements.push(sql.slice(start));
  return statements.map((statement) => statement.trim()).filter((statement) => !isEmpty(statement));
}

function endOfDollarQuote(sql: string, from: number, tag: string): number {
  const end = sql.indexOf(tag, from);
  if (end < 0) throw new Error(`the dollar quote ${tag} does not end`);
  return end + tag.length;
}

function endOfComment(sql: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 0;
  for (let match = edge.exec(sql); match; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  throw new Error('a comment does not end');
}

/** Nothing but comments: the Data API refuses it. */
const isEmpty = (statement: string) => statement.replaceAll(/--[^\n]*|\/\*.*?\*\//gs, '').trim() === '';
