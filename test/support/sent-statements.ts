/** Every statement that functions have the local Data API run while it is watched, as PostgreSQL gets it. */
import pg from 'pg';

export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** @returns the statements so far, one for each text; and how to stop */
export function watchStatements() {
  const sent = new Map<string, SentStatement>();
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function watched(this: pg.Client, ...given: unknown[]) {
    const [config] = given as [{ text?: string; values?: unknown[]; queryMode?: string }];
    // Of the host's own connections, only the Data API's ask for the extended protocol.
    if (config?.queryMode === 'extended' && config.text) {
      sent.set(config.text, { text: config.text, values: config.values ?? [] });
    }
    return Reflect.apply(query, this, given);
  } as typeof query;
  return {
    statements: (): readonly SentStatement[] => [...sent.values()],
    stop(): void {
      pg.Client.prototype.query = query;
    },
  };
}
