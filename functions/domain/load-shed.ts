/**
 * Sheds work that another service would refuse anyway, early, so that it costs neither the caller its time nor the
 * service its quota. Each function decides alone, by what it saw lately: it refuses the share of work by which what was
 * asked exceeds half as much again as what was served. So the service gets about half as many calls again as it
 * serves, however great the demand is, and notices nothing of the rest. Nothing is refused while most calls succeed,
 * nor for the failures of one request alone. One request in ten always passes, and finds out when the service serves
 * again.
 *
 * Source: https://sre.google/sre-book/handling-overload/, "Client-Side Throttling"
 */

/** How many times as much as is served may be asked. */
const MOST_ASKED = 1.5;
/** Failures that are borne before anything is refused: those of one request. */
const BORNE = 3;
/** The greatest share that is refused. */
const MOST_REFUSED = 0.9;
/** What was seen counts half after this many milliseconds. */
const HALF_LIFE = 3_000;

export interface LoadShed {
  /** Whether to refuse a piece of work. What is refused counts as asked. */
  refuses(): boolean;
  /** Notes a call to the service. */
  note(served: boolean): void;
}

/** @param now milliseconds */
export function loadShed(now = Date.now, random = Math.random): LoadShed {
  let asked = 0;
  let served = 0;
  let at = now();

  function fade() {
    const passed = now() - at;
    // A clock that was set back: nothing fades.
    const share = 2 ** (-Math.max(0, passed) / HALF_LIFE);
    asked *= share;
    served *= share;
    at += passed;
  }

  return {
    refuses() {
      fade();
      const excess = (asked - MOST_ASKED * served - BORNE) / (asked + 1);
      if (random() >= Math.min(MOST_REFUSED, excess)) return false;
      asked++;
      return true;
    },
    note(wasServed) {
      fade();
      asked++;
      if (wasServed) served++;
    },
  };
}
