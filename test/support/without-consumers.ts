import { functions } from '../../lib/service/functions.ts';

/** The service without its own consumers, for tests that count events: a consumer writes more of them. */
export const withoutConsumers = functions.filter(({ entry }) => !entry.startsWith('functions/consumers/'));
