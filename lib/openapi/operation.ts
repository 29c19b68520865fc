/** What the description says of one route and method. */
export interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
  readonly [field: string]: unknown;
}

export interface Response {
  readonly description?: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
  /** In place of all the others. */
  readonly $ref?: string;
}
