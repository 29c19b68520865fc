/** Changes of an account's address. */

const HOUR = 60 * 60 * 1000;

/** How long the old address may undo a change after it, hours. */
export const UNDO_HOURS = 72;

/** When a link that undoes ends at the latest: the change may be confirmed at the last moment. */
export const undoEnd = (changeEnd: Date): Date => new Date(changeEnd.getTime() + UNDO_HOURS * HOUR);

/** For whoever reads a mail that may have gone astray: enough to know one's own address by. */
export function maskedAddress(email: string): string {
  const at = email.lastIndexOf('@');
  return `${[...email.slice(0, at)][0] ?? ''}…${email.slice(at)}`;
}
