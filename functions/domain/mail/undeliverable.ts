/** A mail that no retry can deliver. The reason goes to the bus, so it names no address. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
  readonly reason: string;

  /** @param reason for EmailDeliveryFailedV1: one word, for programs to read */
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** The reason when a link ended before its mail could be sent. */
export const LINK_EXPIRED = 'link_expired';
