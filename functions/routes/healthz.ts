/** GET /healthz: that functions run; the database is not asked, so a paused one stays paused. */
import { publicRoute } from '../http/route.ts';

// Replaced at bundling by the package's version.
const version = process.env.SERVICE_VERSION;

export const handler = publicRoute({}, () => ({ status: 200, body: { status: 'ok', version } }));
