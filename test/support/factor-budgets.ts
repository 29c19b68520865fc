/** What routes of factors may spend. */
import { ADDRESS, asked, changed, confirm, provedPerson, undo } from './email-changes.ts';
import { App, beginLogin, giveApp, setUpApp, showFactor } from './factors.ts';
import { mailedCode, mailedToken } from './mailbox.ts';
import { askByMail, giveCode, signInByMail } from './mailed-logins.ts';
import { operatorCommand } from './operator-command.ts';
import { proveAddress } from './organizations.ts';
import type { Row } from './page-budgets.ts';
import { type Visitor, visitor } from './page-visitor.ts';
import { passkeyBudgets } from './passkey-budgets.ts';
import { newEmail, type Person, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

export const factorBudgets = (service: () => Service): Readonly<Record<string, Row>> => {
  const withApp = async () => {
    const person = await registerAndLogin(service());
    return { person, app: await giveApp(service(), person.userId) };
  };
  const atLevel2 = async () => {
    const person = await registerAndLogin(service());
    await setUpApp(service(), person);
    return person;
  };
  const factorsTaken = async () => {
    const { email, password } = await provedPerson(service());
    await operatorCommand(service(), ['users.ts', 'reset-factors', email, '--reason', 'lost']);
    return { password, token: await mailedToken(service(), email, 'factors_reset') };
  };
  const auth = (path: string) => `/v1/auth/${path}`;
  return {
    ...passkeyBudgets(service),
    'GET /v1/auth/email': {
      database: 1,
      given: () => registerAndLogin(service()),
      request: ({ bearer }: Person) => service().get(ADDRESS, bearer),
    },
    'POST /v1/auth/email': {
      database: 1,
      given: () => registerAndLogin(service()),
      request: ({ bearer }: Person) => service().post(ADDRESS, { email: newEmail() }, bearer),
    },
    'DELETE /v1/auth/email': {
      database: 1,
      given: () => registerAndLogin(service()),
      request: ({ bearer }: Person) => service().delete(ADDRESS, undefined, bearer),
    },
    'POST /v1/auth/email/confirm': {
      database: 1,
      given: async () => (await asked(service(), await provedPerson(service()))).link,
      request: (link: string) => confirm(service(), link),
    },
    ...Object.fromEntries(
      ['change-email', 'undo-email'].flatMap((page): readonly [string, Row][] => [
        [`GET /${page}`, { database: 0, request: () => service().get(`/${page}?token=x`) }],
        [
          `POST /${page}`,
          {
            database: 1,
            given: async () => await asked(service(), await provedPerson(service())),
            request: ({ link, undoLink }: Awaited<ReturnType<typeof asked>>) =>
              service().send(
                'POST',
                `/${page}`,
                new URLSearchParams({ token: page === 'undo-email' ? undoLink : link }).toString(),
                { 'content-type': 'application/x-www-form-urlencoded' },
              ),
          },
        ],
      ]),
    ),
    'POST /v1/auth/email/undo': {
      database: 1,
      given: async () => (await changed(service())).undoLink,
      request: (link: string) => undo(service(), link),
    },
    'GET /v1/auth/factors': {
      database: 1,
      given: () => registerAndLogin(service()),
      request: ({ bearer }: Person) => service().get(auth('factors'), bearer),
    },
    'POST /v1/auth/totp': {
      database: 1,
      given: () => registerAndLogin(service()),
      request: ({ bearer }: Person) => service().post(auth('totp'), undefined, bearer),
    },
    'POST /v1/auth/totp/confirm': {
      database: 2,
      given: async () => {
        const person = await registerAndLogin(service());
        const { body } = await service().post(auth('totp'), undefined, person.bearer);
        return { person, code: new App(body.secret).code() };
      },
      request: ({ person, code }: { person: Person; code: string }) =>
        service().post(auth('totp/confirm'), { code }, person.bearer),
    },
    'DELETE /v1/auth/totp': {
      database: 1,
      given: atLevel2,
      request: ({ bearer }: Person) => service().delete(auth('totp'), undefined, bearer),
    },
    'POST /v1/auth/recovery-codes': {
      database: 1,
      given: atLevel2,
      request: ({ bearer }: Person) => service().post(auth('recovery-codes'), undefined, bearer),
    },
    'GET /reset-factors': {
      database: 1,
      given: factorsTaken,
      request: ({ token }: { token: string }) => service().get(`/reset-factors?token=${token}`),
    },
    // The link, the password, the session: so a link that is over costs no hash.
    'POST /reset-factors': {
      database: 3,
      given: async () => {
        const { token, password } = await factorsTaken();
        const visit = visitor(service());
        await visit.open(`/reset-factors?token=${token}`);
        return { visit, password };
      },
      request: ({ visit, password }: { visit: Visitor; password: string }) => visit.submit({ password }),
    },
    'POST /v1/auth/reset-factors': {
      database: 3,
      signatures: 1,
      given: factorsTaken,
      request: ({ token, password }: { token: string; password: string }) =>
        service().post(auth('reset-factors'), { token, password }),
    },
    'POST /v1/auth/email-code/verify': {
      database: 2,
      signatures: 1,
      given: async () => {
        const { email } = await registerAndLogin(service());
        // The first one claims the account as well.
        await signInByMail(service(), email);
        return [await askByMail(service(), email), await mailedCode(service(), email)] as const;
      },
      request: ([loginId, code]: readonly [string, string]) => giveCode(service(), loginId, code),
    },
    'POST /v1/auth/second-factor/email-code': {
      database: 1,
      given: async () => {
        const { person } = await withApp();
        await proveAddress(service(), person);
        return beginLogin(service(), person);
      },
      request: (mfa_token: string) => service().post('/v1/auth/second-factor/email-code', { mfa_token }),
    },
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
