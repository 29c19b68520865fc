/** A relay whose time is over logs this to be run again, in stages without a schedule (lib/service/functions.ts). */
export const EVENTS_WAIT = 'events wait';
