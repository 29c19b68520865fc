/** A browser without its screen: keeps cookies, follows nothing by itself, and sends the forms that pages have. */
import type { Answer } from './answer.ts';
import type { Service } from './service.ts';

export interface Visitor {
  readonly cookies: Map<string, string>;
  open(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends the form of the last page, with its hidden fields, as that page's own browser does. */
  submit(fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Where the last answer leads: a path of ours, or a whole URL elsewhere. */
  location(): string;
  /** What the last page says. */
  heading(): string;
}

export function visitor(service: Service): Visitor {
  const cookies = new Map<string, string>();
  let last: Answer | undefined;

  async function send(method: string, path: string, body: string | undefined, headers: object): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await service.send(method, path, body, { ...(cookie ? { cookie } : {}), ...headers });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const [name = '', ...value] = pair.split('=');
      if (/; Max-Age=0(;|$)/.test(set)) cookies.delete(name);
      else cookies.set(name, value.join('='));
    }
    last = answer;
    return answer;
  }
  const page = () => String(last?.body ?? '');

  return {
    cookies,
    open: (path, headers = {}) => send('GET', path, undefined, headers),
    submit(fields, headers = {}) {
      const [, action = ''] = /<form [^>]*action="([^"]*)"/.exec(page()) ?? [];
      const hidden = [...page().matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
      const sent = { ...Object.fromEntries(hidden.map(([, name, value = '']) => [name, plain(value)])), ...fields };
      return send('POST', action.startsWith('/') ? action : `/${action}`, new URLSearchParams(sent).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        origin: new URL(service.url).origin,
        'sec-fetch-site': 'same-origin',
        ...headers,
      });
    },
    location: () => last?.headers.get('location') ?? '',
    heading: () => plain(/<h1>([^<]*)<\/h1>/.exec(page())?.[1] ?? ''),
  };
}

export const plain = (text: string) =>
  text.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
  );

/** The value of the session's cookie; empty where nobody is signed in. */
export const sessionOf = ({ cookies }: Visitor): string => cookies.get('identity') ?? '';

/** The id of the browser's session. */
export function sessionIdOf(visit: Visitor): string {
  const hex = Buffer.from(sessionOf(visit), 'base64url').subarray(0, 16).toString('hex');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

/** Signs in, whoever was signed in before. */
export async function signInAt(
  visit: Visitor,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Answer> {
  await visit.open('/sign-in?other=true');
  return visit.submit({ email, password });
}

/** Sends the form of a page, then opens where it leads. */
export async function sendAt(visit: Visitor, path: string, fields: Readonly<Record<string, string>> = {}) {
  await visit.open(path);
  const answer = await visit.submit(fields);
  return answer.status === 303 ? visit.open(visit.location()) : answer;
}

/** Follows our own addresses until a page or another site. @returns that site's address; empty for a page */
export async function follow(visit: Visitor): Promise<string> {
  for (let hops = 0; hops < 5 && visit.location().startsWith('/'); hops++) await visit.open(visit.location());
  return visit.location();
}
