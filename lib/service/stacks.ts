/**
 * The stacks of a stage. The root holds the resources that have data or a name that others use; every other stack holds
 * the functions of one subject, with their routes and alarms (lib/aws). To add a stack, add its name here.
 *
 * A function stays in its stack: moving it takes two deployments (CONTRIBUTING.md).
 */
export const subjects = [
  /** The jobs that run before any route serves, and those of the signing keys. */
  'deployment',
  /** The relay from the outbox to the bus, the consumers of events, and the sweep. */
  'events',
  'accounts',
  'sessions',
  /** The endpoints of OAuth 2.1 and OpenID Connect. */
  'oauth',
  'organizations',
  'administration',
  /** Pages that people open, on any subject. */
  'pages',
  /** Documents that machines read. */
  'documents',
] as const;

export type Subject = (typeof subjects)[number];

/** The root only has the function whose result all other functions receive. */
export type StackOfFunction = 'root' | Subject;
