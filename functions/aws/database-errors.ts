/**
 * What an error of a call to the Data API means for its statement. One table: whoever adds an error says what it means.
 *
 * Sources: the errors of the operations that are called,
 * https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html, API_BeginTransaction.html,
 * API_CommitTransaction.html, API_RollbackTransaction.html; those of all services,
 * https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/CommonErrors.html; SQLStates,
 * https://www.postgresql.org/docs/18/errcodes-appendix.html; those of the connection, as the SDK's retries have them
 * (@smithy/core, retry/service-error-classification) and https://nodejs.org/api/errors.html#common-system-errors
 */
export type Meaning =
  /** The statement did not run, and may by and by. */
  | 'not_run'
  /** It was rolled back, since another change came between its snapshot and its writes. It runs again on the new state. */
  | 'overtaken'
  /** It may have run, or run yet. It is written so that it may run twice, but not within a transaction. */
  | 'unknown'
  /** No waiting changes it. */
  | 'permanent';

export const meanings: Readonly<Record<Exclude<Meaning, 'permanent'>, readonly string[]>> = {
  not_run: [
    // Paused for want of users; the call has woken it, which takes some 15 s, and 30 after a day's pause:
    // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
    'DatabaseResumingException',
    // There is no writer: a failover.
    'DatabaseUnavailableException',
    // The cluster starts, stops or is changed.
    'InvalidResourceStateException',
    // Secrets Manager did not give the login in time, or not one that can be read: it may be about to be changed.
    'SecretsErrorException',
    'InvalidSecretException',
    'ThrottlingException',
    // The request did not arrive whole, or was signed before the function was frozen, which it is not when sent again.
    'RequestTimeoutException',
    'RequestExpired',
    'InvalidSignatureException',
    // There was no connection; of the last two, no address of the service's name.
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    // SQLState: starting up; a former writer that only reads; too many connections; out of memory; the role has another
    // password than the secret, while one of them is changed.
    '57P03',
    '25006',
    '53300',
    '53200',
    '28P01',
  ],
  overtaken: [
    // SQLState: an event of the same aggregate (migrations/0015); a deadlock; a parent row that was deleted or locked; a
    // row with the same id, by an earlier try of the statement that went on meanwhile (store/outbox.ts).
    '40001',
    '40P01',
    '23503',
    '23505',
    // SQLState: cancelled, as it took too long or waited too long for a lock.
    '57014',
    '55P03',
  ],
  unknown: [
    // Cancelled after 45 s, or no connection was free; a cluster that resumes answers this, too:
    // https://github.com/koxudaxi/py-data-api/issues/29, https://github.com/gurenjs/guren/issues/401
    'StatementTimeoutException',
    // PostgreSQL's own errors come with an SQLState, which decides. What has none is of the service.
    'DatabaseErrorException',
    'InternalServerErrorException',
    'ServiceUnavailableError',
    'InternalFailure',
    'ServiceUnavailable',
    'RequestAbortedException',
    // The try's own end (AbortSignal), and a connection that broke.
    'TimeoutError',
    'AbortError',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    // SQLState: the connection failed, or the server closed it.
    '08000',
    '08001',
    '08003',
    '08004',
    '08006',
    '57P01',
    '57P02',
    '40003',
  ],
};

/** A fault of this code, or of the deployment. No function reads this list: what is not above is permanent. */
export const permanent: readonly string[] = [
  'AccessDeniedException',
  'BadRequestException',
  'DatabaseNotFoundException',
  'ExpiredTokenException',
  'ForbiddenException',
  'HttpEndpointNotEnabledException',
  'IncompleteSignature',
  'MalformedHttpRequestException',
  'NotAuthorized',
  'NotFoundException',
  'OptInRequired',
  'RequestEntityTooLargeException',
  'TransactionNotFoundException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'UnsupportedResultException',
  'ValidationError',
  'ValidationException',
];

const meaningOf = new Map(
  Object.entries(meanings).flatMap(([meaning, names]) => names.map((name) => [name, meaning as Meaning] as const)),
);

/** @returns `permanent`, too, for an error that is not of the database, such as one of this code */
export function meaningOfError(error: unknown): Meaning {
  if (!(error instanceof Error)) return 'permanent';
  const { code = '', $metadata } = error as NodeJS.ErrnoException & { $metadata?: { httpStatusCode?: number } };
  const state = sqlState(error);
  // PostgreSQL's word counts, whatever the service calls it.
  if (state !== undefined) return meaningOf.get(state) ?? 'permanent';
  // A name of the service's front end that nobody has documented still has a status.
  return meaningOf.get(error.name) ?? meaningOf.get(code) ?? meaningOfStatus($metadata?.httpStatusCode ?? 0);
}

const meaningOfStatus = (status: number): Meaning =>
  status >= 500 ? 'unknown' : status === 429 ? 'not_run' : 'permanent';

/** Of an error of PostgreSQL, which the service passes on in its message. */
export const sqlState = ({ message }: Error): string | undefined => /SQLState: (\w{5})/.exec(message)?.[1];
