/** A relay whose time is over logs this to be run again, in stages without a schedule (lib/service/functions.ts). */
export const EVENTS_WAIT = 'events wait';

/** Seconds of a relay's time that are left for its last batch: a claim, a call to the bus and a marking, with retries. */
export const LAST_BATCH = 15;
