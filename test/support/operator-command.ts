/** Runs an operator's command against the service of a test, as `npm run …` does, in a process of its own. */
import { inject } from 'vitest';
import { bundledCommand } from './operator-bundles.ts';
import { type Ending, runScript } from './script.ts';
import type { Service } from './service.ts';

export type { Ending } from './script.ts';

/** @param command the file under bin, and the arguments */
export const operatorCommand = (service: Service, [file, ...args]: readonly [string, ...string[]]): Promise<Ending> =>
  runScript(bundledCommand(inject('commandBundles'), file), args, {
    AWS_ENDPOINT_URL: service.awsUrl,
    DATABASE_NAME: service.database.name,
    PORT: new URL(service.url).port,
  });
