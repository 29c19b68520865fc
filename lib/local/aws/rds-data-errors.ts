/** Errors of PostgreSQL, and of the connection to it, in the Data API's form. */
import pg from 'pg';
import { AwsError } from './service.ts';

export const badRequest = (message: string) => new AwsError('BadRequestException', message);

export const validation = (message: string) => new AwsError('ValidationException', message);

/** The server ended the connection: a shutdown, a crash of another process, or an administrator. */
const SERVER_ENDS = new Set(['57P01', '57P02', '57P03']);

/** An error while connecting: nothing was run, so the caller may try again. */
export function connectionError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (isDatabaseError(error) && !SERVER_ENDS.has(error.code ?? '')) return databaseError(error);
  if (error instanceof Error && /timeout exceeded when trying to connect/.test(error.message)) {
    return new AwsError('StatementTimeoutException', 'Connection is not available, request timed out', 400, {
      dbConnectionId: 0,
    });
  }
  return new AwsError('DatabaseUnavailableException', 'The writer instance of the DB cluster is not available', 504);
}

/** An error of a statement. Without a SQLState, the connection broke, and the outcome is unknown. */
export function statementError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (isDatabaseError(error) && !SERVER_ENDS.has(error.code ?? '')) return databaseError(error);
  return new AwsError('InternalServerErrorException', 'The connection to the database was lost', 500);
}

export const isDatabaseError = (error: unknown): error is pg.DatabaseError => error instanceof pg.DatabaseError;

/**
 * Includes hint and position, but not the detail, which holds values of rows.
 * Seen on Aurora Serverless v2: https://github.com/drizzle-team/drizzle-orm/issues/2583,
 * https://github.com/cloud-utils/aurora-data-api/issues/53
 */
function databaseError({ severity = 'ERROR', message, hint, position, code = '' }: pg.DatabaseError): AwsError {
  if (code === '42601' && message === 'cannot insert multiple commands into a prepared statement') {
    return validation("Multistatements aren't supported.");
  }
  const parts = [`${severity}: ${message}`, hint && `Hint: ${hint}`, position && `Position: ${position}`];
  return new AwsError('DatabaseErrorException', [...parts.filter(Boolean), `SQLState: ${code}`].join('; '));
}
