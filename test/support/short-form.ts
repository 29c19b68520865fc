/** `SHORT=1 npm run test:fuzz` and the like check in a minute that the test runs and finds no gross fault, as in CI. */
export const isShort = process.env.SHORT === '1';

/** How many of something, in the full or the short form. */
export const times = (full: number, short: number): number => (isShort ? short : full);
