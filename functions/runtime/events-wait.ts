/** The log line by which a relay whose time is over has itself run again, where no schedule does (lib/service/functions.ts). */
export const EVENTS_WAIT = 'events wait';
