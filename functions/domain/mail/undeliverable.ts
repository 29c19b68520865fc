/** A mail that no retry will ever deliver. The reason goes to the bus, so it names no address. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
  readonly reason: string;

  /** @param reason for EmailDeliveryFailedV1: one word, as a program would read it */
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}
