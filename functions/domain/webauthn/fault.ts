/** What is wrong with an answer of an authenticator; for logs and tests: whoever sent it learns no more than a refusal. */
export class PasskeyFault extends Error {
  override readonly name = 'PasskeyFault';
}
