/** What the description says about one route and method. */
export interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
  readonly [field: string]: unknown;
}

export interface Response {
  readonly description?: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
  /** Replaces all other members. */
  readonly $ref?: string;
}
