/** A local AWS service: operations by name, independent of any wire protocol; the endpoint handles those. */

/** An operation of a service: takes the parsed input, returns the output, throws {@link AwsError}. */
// biome-ignore lint/suspicious/noExplicitAny: each service types its own input from the SDK's command types.
export type Operation = (input: any) => object | Promise<object>;

export interface AwsService {
  readonly id: 'kms' | 'rds-data' | 'events' | 'secretsmanager' | 'sesv2' | 'sqs' | 's3';
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An error that the service itself would answer. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;

  /**
   * @param code the service's error shape, e.g. `NotFoundException`
   * @param status HTTP status, 400 unless the service documents another
   * @param fields members of the error shape besides its message
   */
  constructor(code: string, message: string, status = 400, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
