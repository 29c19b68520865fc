/** Longest password, code points (S1). Its own file, as a page does not need the policy's list of common passwords. */
export const MAX_PASSWORD_LENGTH = 256;
