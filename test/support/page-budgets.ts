/** What requests of the pages may cost: rows of test/service/round-trips.test.ts. */
import { logoHash } from '../../functions/domain/client-logo.ts';
import { clientLogoUrl } from '../../functions/http/page-files.ts';
import type { Answer } from './answer.ts';
import { newClient } from './clients.ts';
import { type App, giveApp } from './factors.ts';
import { mailedCode, mailedToken } from './mailbox.ts';
import { provedPerson } from './mailed-logins.ts';
import { invite, newOrganization } from './organizations.ts';
import { type Visitor, visitor } from './page-visitor.ts';
import { newEmail, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

export interface Row {
  /** Data API calls. */
  readonly database: 0 | 1 | 2 | 3;
  /** Signatures; none by default. */
  readonly signatures?: 1 | 2;
  /** Prepares what the request needs; its calls are not counted. */
  readonly given?: () => Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: the value of `given`.
  readonly request: (given: any) => Promise<Answer>;
  /** Where it is refused as these settings have it; otherwise it is answered. */
  readonly status?: number;
}

/** @param service is there when the rows are tried */
export function pageBudgets(service: () => Service): Readonly<Record<string, Row>> {
  async function opened(path: string): Promise<Visitor> {
    const visit = visitor(service());
    await visit.open(path);
    return visit;
  }
  /** Each has a person of its own: logins of an address are limited. */
  async function atSignIn() {
    const { email, password } = await registerAndLogin(service());
    return { visit: await opened('/sign-in'), credentials: { email, password } };
  }
  async function signedIn(): Promise<Visitor> {
    const { visit, credentials } = await atSignIn();
    await visit.submit(credentials);
    return visit;
  }
  async function invited() {
    const [owner, guest] = [await registerAndLogin(service()), await registerAndLogin(service())];
    await invite(service(), owner, await newOrganization(service(), owner), guest.email, ['member']);
    const visit = await opened('/sign-in');
    await visit.submit({ email: guest.email, password: guest.password });
    return { visit, token: await mailedToken(service(), guest.email, 'invitation') };
  }

  /** The page waits for the mailed code. */
  async function mailed() {
    const { email } = await provedPerson(service());
    const visit = await opened('/sign-in-by-mail');
    await visit.submit({ email });
    await visit.open(visit.location());
    const token = await mailedToken(service(), email, 'email_login');
    return { visit, token, code: await mailedCode(service(), email) };
  }

  /** The password is given, and the page asks for the code. */
  async function halfway() {
    const { email, password, userId } = await registerAndLogin(service());
    const app = await giveApp(service(), userId);
    const visit = await opened('/sign-in');
    await visit.submit({ email, password });
    await visit.open('/second-factor');
    return { visit, app };
  }

  const accountPage = async (page: string) => {
    const visit = await signedIn();
    await visit.open(`/account/${page}`);
    return visit;
  };
  /** Whose session it is, what the page shows; then the change. */
  const ofAccount = (
    page: string,
    shows: Row['database'],
    changes: Row['database'],
    fields: Record<string, string>,
  ) => ({
    [`GET /account/${page}`]: {
      database: shows,
      given: signedIn,
      request: (visit: Visitor) => visit.open(`/account/${page}`),
    },
    [`POST /account/${page}`]: {
      database: changes,
      given: () => accountPage(page),
      request: (visit: Visitor) => visit.submit(fields),
    },
  });
  const sessions = ofAccount('sessions', 2, 2, { action: 'end-others' });

  return {
    'GET /account': { database: 1, given: signedIn, request: (visit: Visitor) => visit.open('/account') },
    'GET /account/{page}': sessions['GET /account/sessions'] as Row,
    'POST /account/{page}': sessions['POST /account/sessions'] as Row,
    ...ofAccount('export', 1, 2, {}),
    ...ofAccount('password', 1, 3, { new_password: 'a much newer horse battery staple' }),
    ...ofAccount('delete', 1, 3, { understood: 'true' }),
    'GET /account/confirm': {
      database: 1,
      given: signedIn,
      request: (visit: Visitor) => visit.open('/account/confirm'),
    },
    'POST /account/confirm': {
      database: 3,
      given: async () => {
        const { visit, credentials } = await atSignIn();
        await visit.submit(credentials);
        service().setClockOffset(301);
        await visit.open('/account/confirm?to=/account/delete');
        return { visit, password: credentials.password };
      },
      request: async ({ visit, password }: { visit: Visitor; password: string }) => {
        const answer = await visit.submit({ password });
        service().setClockOffset(0);
        return answer;
      },
    },
    'GET /second-factor': {
      database: 0,
      given: halfway,
      request: ({ visit }: { visit: Visitor }) => visit.open('/second-factor'),
    },
    'POST /second-factor': {
      database: 2,
      given: halfway,
      request: ({ visit, app }: { visit: Visitor; app: App }) => visit.submit({ code: app.code() }),
    },
    'GET /sign-in': {
      database: 1,
      given: signedIn,
      request: (visit: Visitor) => visit.open('/sign-in'),
    },
    'POST /sign-in': {
      database: 2,
      given: atSignIn,
      request: ({ visit, credentials }) => visit.submit(credentials),
    },
    'GET /sign-in-by-mail': {
      database: 1,
      given: mailed,
      request: ({ visit, token }) => visit.open(`/sign-in-by-mail?token=${token}`),
    },
    // Admission, then the session.
    'POST /sign-in-by-mail': {
      database: 2,
      given: mailed,
      request: ({ visit, code }) => visit.submit({ code }),
    },
    'GET /accept-invitation': {
      database: 1,
      given: invited,
      request: ({ visit, token }) => visit.open(`/accept-invitation?token=${token}`),
    },
    'POST /accept-invitation': {
      database: 2,
      given: async () => {
        const { visit, token } = await invited();
        await visit.open(`/accept-invitation?token=${token}`);
        return visit;
      },
      request: (visit: Visitor) => visit.submit({}),
    },
    'GET /sign-up': { database: 0, request: () => visitor(service()).open('/sign-up') },
    'POST /sign-up': {
      database: 2,
      given: () => opened('/sign-up'),
      request: (visit: Visitor) => visit.submit({ email: newEmail(), password: 'another horse battery staple' }),
    },
    'GET /forgot-password': { database: 0, request: () => visitor(service()).open('/forgot-password') },
    'POST /forgot-password': {
      database: 1,
      given: () => opened('/forgot-password'),
      request: (visit: Visitor) => visit.submit({ email: newEmail() }),
    },
    'GET /assets/clients/{client}/{logo}': {
      database: 1,
      given: async () => {
        const logo_uri = 'http://localhost:9/logo.png';
        const { clientId } = await newClient(service(), 'public', { logo_uri });
        const { pathname } = new URL(clientLogoUrl(service().url, clientId, logoHash(logo_uri)));
        await service().get(pathname);
        return pathname;
      },
      request: (path: string) => service().get(path),
    },
    'GET /oauth/logout': {
      database: 1,
      given: signedIn,
      request: (visit: Visitor) => visit.open('/oauth/logout'),
    },
    'POST /oauth/logout': {
      database: 1,
      given: async () => {
        const visit = await signedIn();
        await visit.open('/oauth/logout');
        return visit;
      },
      request: (visit: Visitor) => visit.submit({}),
    },
  };
}
