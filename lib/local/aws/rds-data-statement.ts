/** Turns the Data API's named parameters into PostgreSQL's numbered ones. */
import { badRequest, validation } from './rds-data-errors.ts';
import type { BoundParameter } from './rds-data-parameters.ts';

export interface Statement {
  /** The SQL with `$1::bigint` in place of `:id`. */
  readonly text: string;
  /** The call's parameters for `$1`, `$2` …, by index. */
  readonly order: readonly number[];
  /** Whether it may leave session state behind; the service wipes it after each call. */
  readonly marksSession: boolean;
  /** The name under which the server keeps its plan, once the statement has come a second time. */
  name: string | undefined;
}

/**
 * A parameter, or a token that may contain a colon, by PostgreSQL's lexical rules. A doubled quote is read as two
 * literals, which hides the same text.
 * Source: https://www.postgresql.org/docs/18/sql-syntax-lexical.html
 */
const TOKEN =
  /--[^\n]*|\/\*|(?<![\w$\u0080-\uffff])[eE]'|'[^']*'|"[^"]*"|(?<![\w$\u0080-\uffff])\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|::|:(\w+)/g;

const MARKS_SESSION =
  /^\s*(set|reset|listen|prepare|execute|deallocate|discard|declare|load|begin|start|savepoint|do|call)\b|\b(set_config|pg_(try_)?advisory_lock(_shared)?|temp|temporary)\b/i;

/**
 * @throws AwsError BadRequestException when the SQL names a parameter that the call does not have; ValidationException
 * for a comment beside parameters. AWS may take that one: how it reads an apostrophe or a colon in it is documented
 * nowhere, so no statement of ours may depend on it.
 */
export function rewrite(sql: string, parameters: readonly BoundParameter[]): Statement {
  const order: number[] = [];
  let text = '';
  let copied = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match; match = TOKEN.exec(sql)) {
    const [token, name] = match;
    if (name !== undefined) {
      const index = parameters.findIndex((parameter) => parameter.name === name);
      // `list[1:2]` is a slice.
      if (index < 0 && /^\d/.test(name)) continue;
      if (index < 0) throw badRequest(`Cannot find parameter: ${name}`);
      if (!order.includes(index)) order.push(index);
      text += `${sql.slice(copied, match.index)}$${order.indexOf(index) + 1}${parameters[index]?.cast}`;
      copied = TOKEN.lastIndex;
    } else if (token === '/*' || token.startsWith('--')) {
      if (parameters.length > 0) throw validation('This endpoint takes no comment in a statement with parameters');
      if (token === '/*') TOKEN.lastIndex = endOfComment(sql, match.index);
    } else if (/^[eE]'/.test(token)) {
      TOKEN.lastIndex = endOfEscapeString(sql, TOKEN.lastIndex);
    } else if (token.startsWith('$')) {
      TOKEN.lastIndex = after(sql.indexOf(token, TOKEN.lastIndex), token.length, sql);
    }
  }
  return { text: text + sql.slice(copied), order, marksSession: MARKS_SESSION.test(sql), name: undefined };
}

/** Comments nest. PostgreSQL reports a comment that does not end. */
function endOfComment(sql: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 0;
  for (let match = edge.exec(sql); match; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length;
}

function endOfEscapeString(sql: string, from: number): number {
  for (let at = from; at < sql.length; at++) {
    const escapesNext = sql[at] === '\\' || sql.startsWith("''", at);
    if (escapesNext) at++;
    else if (sql[at] === "'") return at + 1;
  }
  return sql.length;
}

const after = (index: number, length: number, sql: string) => (index < 0 ? sql.length : index + length);

/**
 * A least-recently-used cache of statements. A statement that comes a second time gets a name, so that the server keeps
 * its plan; SQL with values written into it never comes twice, and leaves nothing on the connections.
 */
export function createStatementCache(limit = 500) {
  const statements = new Map<string, Statement>();
  let names = 0;
  return (sql: string, parameters: readonly BoundParameter[]): Statement => {
    let key = sql;
    for (const { name, cast } of parameters) key += `\0${name}${cast}`;
    const known = statements.get(key);
    if (known) {
      statements.delete(key);
      known.name ??= `s${names++}`;
    }
    const statement = known ?? rewrite(sql, parameters);
    statements.set(key, statement);
    if (statements.size > limit) statements.delete(statements.keys().next().value ?? '');
    return statement;
  };
}
