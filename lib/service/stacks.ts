/**
 * The stacks of a stage: the root holds what has data or a name that others know; every other holds the functions of one
 * subject, with their routes and alarms (lib/aws). One more is one more name here.
 *
 * A function stays in its stack: to move it takes two deployments (CONTRIBUTING.md).
 */
export const subjects = [
  /** What runs before anything serves, and the life of the signing keys. */
  'deployment',
  /** The outbox's way to the bus, what consumes events, and the sweep. */
  'events',
  'accounts',
  'sessions',
  'organizations',
  'administration',
  /** Pages that people open, whatever they are about. */
  'pages',
  /** What machines read of the service. */
  'documents',
] as const;

export type Subject = (typeof subjects)[number];

/** In the root stands only a function that finds out what all others are given. */
export type StackOfFunction = 'root' | Subject;
