import { functions } from '../../lib/service/functions.ts';

/** The service without its consumers, for tests that count events, as a consumer writes more of them. */
export const withoutConsumers = functions.filter(({ entry }) => !entry.startsWith('functions/consumers/'));
