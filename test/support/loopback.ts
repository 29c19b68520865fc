/** Where a request to `localhost` comes from: machines differ in which of its two addresses they try first. */
export const LOOPBACK = /^(?:127\.0\.0\.1|::1)$/;
