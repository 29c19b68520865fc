/** True of a page that may use passkeys of the domain without being named at /.well-known/webauthn. */
export const isWithin = (hostname: string, rpId: string): boolean => hostname === rpId || hostname.endsWith(`.${rpId}`);
