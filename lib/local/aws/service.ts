/** What a local AWS service is: operations by name, free of any wire protocol; the endpoint speaks those. */

/** An operation of a service: parsed input in, output out; throws {@link AwsError}. */
// biome-ignore lint/suspicious/noExplicitAny: each service types its own input from the SDK's command types.
export type Operation = (input: any) => object | Promise<object>;

export interface AwsService {
  readonly id: 'kms' | 'rds-data' | 'events' | 'secretsmanager' | 'sesv2' | 'sqs';
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An error as the service itself would answer it. */
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
