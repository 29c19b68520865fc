/** Structured log lines: one JSON object a line, so that a newline in input makes no second line (S36). */

type Level = 'info' | 'warn' | 'error';

/** Fields on every line of the running request; a function serves one request at a time. */
let context: Readonly<Record<string, string>> = {};

export function setLogContext(fields: Readonly<Record<string, string>>): void {
  context = fields;
}

/** Fields never hold an address, a password or a token; of errors, only what shows their origin is logged. */
export function log(
  level: Level,
  message: string,
  { error, ...fields }: { error?: unknown; [field: string]: unknown } = {},
) {
  const line = {
    timestamp: new Date().toISOString(),
    level,
    service: 'identity',
    function: process.env.AWS_LAMBDA_FUNCTION_NAME,
    ...context,
    message,
    ...fields,
    ...(error === undefined ? {} : { error: describe(error) }),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/**
 * Name and stack. The message only if AWS wrote it, and never the database's: PostgreSQL's messages quote values
 * (`Key (email_key)=(…) already exists`), and those of JSON.parse quote its input.
 */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const state = /SQLState: (\w{5})/.exec(error.message)?.[1];
  const ofAws = '$fault' in error && state === undefined && error.name !== 'BadRequestException';
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return {
    name: error.name,
    ...(state ? { sql_state: state } : {}),
    ...(ofAws ? { message: error.message } : {}),
    stack: frames.slice(0, 8).map((frame) => frame.trim()),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}
