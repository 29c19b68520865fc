/** What a local AWS service is: operations by name, free of any wire protocol; the endpoint speaks those. */

/** An operation of a service: parsed input in, output out; throws {@link AwsError}. */
// biome-ignore lint/suspicious/noExplicitAny: each service types its own input from the SDK's command types.
export type Operation = (input: any) => object | Promise<object>;

export interface AwsService {
  readonly id: 'kms' | 'rds-data' | 'events' | 'secretsmanager' | 'sesv2';
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An error as the service itself would answer it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';

  /**
   * @param code the service's error shape, e.g. `NotFoundException`
   * @param status HTTP status, 400 unless the service documents another
   * @param fields members of the error shape besides its message
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
