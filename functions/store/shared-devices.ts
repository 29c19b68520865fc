/**
 * Devices that people of an organisation share: whoever comes next must find nothing. So no device is known there, nothing
 * is kept, and a session ends half an hour after its last use.
 */

/** Seconds. */
const IDLE = 30 * 60;

/** True of an account `user` that an organisation says of that its people share devices. */
export const sharesDevices = (user: string) => `
  exists (
    select
    from memberships its
    join organizations sharing using (org_id)
    where its.user_id = ${user}.user_id and sharing.shared_devices
  )`;

/** How long a session of the account `user` lasts without use, where it would be `seconds` otherwise. */
export const idleSeconds = (seconds: string, user: string) =>
  `least(${seconds}, case when ${sharesDevices(user)} then ${IDLE} end)`;
