/** What PostgreSQL reads past in a statement's text, by its lexical rules. */

/**
 * What a semicolon or a comment's sign may hide in: comments (nested ones too), strings, escape strings, quoted
 * identifiers, dollar quotes.
 * Source: https://www.postgresql.org/docs/18/sql-syntax-lexical.html
 */
const TOKEN =
  /--[^\n]*|\/\*|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|;/gs;

export interface Mark {
  readonly kind: 'semicolon' | 'comment';
  readonly start: number;
  readonly end: number;
}

/**
 * The semicolons and comments, in their order.
 * @throws Error for a dollar quote or a comment that does not end
 */
export function* marks(sql: string): Generator<Mark> {
  for (let at = 0; ; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(sql);
    if (!match) return;
    const { 0: token, index: start } = match;
    at = TOKEN.lastIndex;
    if (token === '/*') at = endOfComment(sql, start);
    else if (token.startsWith('$')) at = endOfDollarQuote(sql, at, token);
    if (token === ';') yield { kind: 'semicolon', start, end: at };
    else if (token === '/*' || token.startsWith('--')) yield { kind: 'comment', start, end: at };
  }
}

/** @throws Error for a dollar quote or a comment that does not end */
export function withoutComments(sql: string): string {
  let text = '';
  let from = 0;
  for (const { kind, start, end } of marks(sql)) {
    if (kind !== 'comment') continue;
    // A comment separates what is before it from what is after it.
    text += `${sql.slice(from, start)} `;
    from = end;
  }
  return text + sql.slice(from);
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
