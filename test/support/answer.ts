/** The service's answer, as a test reads it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if the answer is JSON, otherwise text. */
  // biome-ignore lint/suspicious/noExplicitAny: a test's assertions say what it expects of a body.
  readonly body: any;
}
