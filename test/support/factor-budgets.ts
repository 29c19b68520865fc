/** What routes of factors may spend. */
import { beginLogin, giveApp, showFactor } from './factors.ts';
import type { Row } from './page-budgets.ts';
import { registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

export const factorBudgets = (service: () => Service): Readonly<Record<string, Row>> => {
  const withApp = async () => {
    const person = await registerAndLogin(service());
    return { person, app: await giveApp(service(), person.userId) };
  };
  return {
    'POST /v1/auth/second-factor': {
      database: 2,
      signatures: 1,
      given: async () => {
        const { person, app } = await withApp();
        return { app, mfaToken: await beginLogin(service(), person) };
      },
      request: ({ app, mfaToken }: { app: Awaited<ReturnType<typeof giveApp>>; mfaToken: string }) =>
        showFactor(service(), mfaToken, 'totp', app.code()),
    },
  };
};
