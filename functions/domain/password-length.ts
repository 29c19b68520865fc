/** Longest password, code points (S1). Apart from the policy, whose list of common passwords a page does not need. */
export const MAX_PASSWORD_LENGTH = 256;
