/**
 * The route table. The gateways (API Gateway and the local one), the deployment, the API description and the tests are
 * built from it; a route without a row here is neither served nor deployed.
 */
import { accountRoutes } from './routes/accounts.ts';
import { administrationRoutes } from './routes/administration.ts';
import { clientRoutes } from './routes/clients.ts';
import { documentRoutes } from './routes/documents.ts';
import { emailChangeRoutes } from './routes/email-changes.ts';
import { emailLoginRoutes } from './routes/email-login.ts';
import { factorRoutes } from './routes/factors.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { organizationRoutes } from './routes/organizations.ts';
import { pageRoutes } from './routes/pages.ts';
import { passkeyRoutes } from './routes/passkeys.ts';
import { registrationRoutes } from './routes/registration.ts';
import type { Route } from './routes/route.ts';
import { sessionRoutes } from './routes/sessions.ts';

export type { Route };

export const routes: readonly Route[] = [
  ...accountRoutes,
  ...sessionRoutes,
  ...emailChangeRoutes,
  ...emailLoginRoutes,
  ...factorRoutes,
  ...passkeyRoutes,
  ...pageRoutes,
  ...oauthRoutes,
  ...registrationRoutes,
  ...organizationRoutes,
  ...administrationRoutes,
  ...clientRoutes,
  ...documentRoutes,
];
