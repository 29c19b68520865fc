/** The names by which the stage's stacks know each other's parts without a reference. */

/** Of a function, by its name in lib/service/functions.ts. */
export const nameOnAws = (stage: string, name: string) => `identity-${stage}-${name}`;

/** Of the queue that a function's failed invocations go to. */
export const deadLettersName = (stage: string, name: string) => `${nameOnAws(stage, name)}-failed`;

export const logGroupName = (stage: string, name: string) => `/aws/lambda/${nameOnAws(stage, name)}`;

/** An alarm's, by its row (alarms.ts, function-alarms.ts). */
export const alarmName = (stage: string, name: string) => `identity-${stage}-${name}`;
