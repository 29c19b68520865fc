/** Records every statement that functions send through the local Data API, as PostgreSQL gets and runs it. */
import pg from 'pg';

export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A node of EXPLAIN's JSON: https://www.postgresql.org/docs/18/using-explain.html */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface ExecutedStatement {
  /** Also the plan of a trigger or a foreign key. */
  readonly text: string;
  readonly plan: PlanNode;
}

/**
 * Makes new connections to a database report the plan of each statement that they run, as a notice.
 * @param database an identifier
 * Source: https://www.postgresql.org/docs/18/auto-explain.html
 */
export const explainStatements = (database: string): string[] =>
  Object.entries({
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
  }).map(([name, value]) => `alter database ${database} set ${name} = '${value}'`);

/** @returns the statements so far, one for each text; the plans, after {@link tellPlans}; and a function to stop */
export function watchStatements() {
  const sent = new Map<string, SentStatement>();
  const executed: ExecutedStatement[] = [];
  const heard = new WeakSet<pg.Client>();
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function watched(this: pg.Client, ...given: unknown[]) {
    const [config] = given as [{ text?: string; values?: unknown[]; queryMode?: string }];
    // Of the host's connections, only the Data API's use the extended protocol.
    if (config?.queryMode === 'extended' && config.text) {
      sent.set(config.text, { text: config.text, values: config.values ?? [] });
      if (!heard.has(this)) this.on('notice', hear);
      heard.add(this);
    }
    return Reflect.apply(query, this, given);
  } as typeof query;

  function hear({ message = '' }: { message?: string | undefined }): void {
    const json = /^duration: .* plan:\n(.*)/s.exec(message)?.[1];
    if (json === undefined) return;
    const told = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode };
    executed.push({ text: told['Query Text'], plan: told.Plan });
  }

  return {
    statements: (): readonly SentStatement[] => [...sent.values()],
    executed: (): readonly ExecutedStatement[] => executed,
    stop(): void {
      pg.Client.prototype.query = query;
    },
  };
}
