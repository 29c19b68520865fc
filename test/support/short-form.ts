/** `SHORT=1 npm run test:fuzz` and the like: whether it runs at all and finds nothing gross, in a minute. CI does so. */
export const isShort = process.env.SHORT === '1';

/** How many of something, in full or in short. */
export const times = (full: number, short: number): number => (isShort ? short : full);
