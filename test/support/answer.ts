/** What the service answered, as a test reads it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where the answer is JSON, text otherwise. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a body by its assertions.
  readonly body: any;
}
