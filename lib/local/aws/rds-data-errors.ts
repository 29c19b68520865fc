/** What PostgreSQL or the way to it refuses, as the Data API says it. */
import { AwsError } from './service.ts';

interface PostgresError extends Error {
  /** SQLSTATE, or a system error's name. */
  readonly code?: string;
  readonly severity?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
}

/** The message is put together as PostgreSQL's JDBC driver does, which is what Aurora's answers look like. */
export function asServiceError(error: unknown): unknown {
  if (error instanceof AwsError || !(error instanceof Error)) return error;
  const { code = '', severity, detail, hint, position, message } = error as PostgresError;
  if (code === '57014')
    return new AwsError('StatementTimeoutException', 'Request timed out', 400, { dbConnectionId: 0 });
  if (code === '3D000') return new AwsError('DatabaseNotFoundException', message, 404);
  if (isUnreachable(code, message)) {
    return new AwsError('DatabaseUnavailableException', 'The database is unavailable', 504);
  }
  if (severity === undefined) return error;
  const lines = [
    `${severity}: ${message}`,
    ...(detail ? [`  Detail: ${detail}`] : []),
    ...(hint ? [`  Hint: ${hint}`] : []),
    ...(position ? [`  Position: ${position}`] : []),
  ];
  // Class 28: the secret's name or password is not the database's.
  const name = code.startsWith('28') ? 'BadRequestException' : 'DatabaseErrorException';
  return new AwsError(name, `${lines.join('\n')}; SQLState: ${code}`);
}

/** No server, one that is shutting down or starting up, or a connection lost on the way. */
const isUnreachable = (code: string, message: string) =>
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|57P0[123]|08\d{3}|53300)$/.test(code) ||
  message.startsWith('Connection terminated');
