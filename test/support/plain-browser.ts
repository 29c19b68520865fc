/**
 * A browser without a script, as far as our pages need one: it follows redirects, keeps cookies, reads forms and sends
 * them. Cookies belong to a host name, whatever the port (RFC 6265 §8.5), as in a real one.
 */

export interface Opened {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly forms: readonly Form[];
}

interface Form {
  readonly method: string;
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** The buttons and fields, by their ids. */
  readonly controls: Readonly<Record<string, Attributes>>;
}

type Attributes = Readonly<Record<string, string>>;

export interface PlainBrowser {
  /** Follows redirects, up to twenty. */
  open(url: string | URL): Promise<Opened>;
  /** Fills the fields that have these ids, or hidden ones by their names, and presses the button with this id. */
  press(page: Opened, button: string, filled?: Readonly<Record<string, string>>): Promise<Opened>;
  /** Where the way led: every address that was asked, in order. */
  readonly visited: readonly URL[];
}

/** @param stopAt an address of a client that is not there: a redirect to it is not followed */
export function plainBrowser(
  headers: Readonly<Record<string, string>> = {},
  { stopAt }: { readonly stopAt?: string } = {},
): PlainBrowser {
  const jar = new Map<string, Map<string, string>>();
  const visited: URL[] = [];

  async function load(url: URL, init: RequestInit = {}): Promise<Opened> {
    for (let next = url, hops = 0; hops < 20; hops++) {
      visited.push(next);
      if (stopAt !== undefined && next.href.startsWith(stopAt)) return { url: next, status: 0, text: '', forms: [] };
      const cookies = [...(jar.get(next.hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(next, {
        ...init,
        redirect: 'manual',
        headers: { ...headers, ...init.headers, ...(cookies ? { cookie: cookies } : {}) },
      });
      for (const cookie of answer.headers.getSetCookie()) keep(next.hostname, cookie);
      const location = answer.headers.get('location');
      if (location === null || answer.status < 300 || answer.status > 399) {
        const text = await answer.text();
        return { url: next, status: answer.status, text, forms: formsOf(text) };
      }
      await answer.body?.cancel();
      next = new URL(location, next);
      if (answer.status !== 307 && answer.status !== 308) init = {};
    }
    throw new Error(`too many redirects: ${visited.slice(-4).join(' → ')}`);
  }

  function keep(host: string, cookie: string): void {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
    const cookies = jar.get(host) ?? new Map<string, string>();
    jar.set(host, cookies);
    if (value === '' || /;\s*max-age=0\b/i.test(cookie)) cookies.delete(name);
    else cookies.set(name, value);
  }

  return {
    visited,
    open: (url) => load(new URL(url)),
    async press(page, button, filled = {}) {
      const form = page.forms.find(({ controls }) => button in controls);
      if (!form) throw new Error(`no #${button} at ${page.url} (${page.status}): ${page.text.slice(0, 2_000)}`);
      const fields = new URLSearchParams(form.fields);
      for (const [id, value] of Object.entries(filled)) {
        fields.set(form.controls[id]?.name ?? (fields.has(id) ? id : missing(id, page)), value);
      }
      const { name, value = '', formaction } = form.controls[button] ?? {};
      if (name) fields.set(name, value);
      const action = new URL(formaction ?? form.action, page.url);
      if (form.method === 'get') return load(new URL(`${action.pathname}?${fields}`, action));
      return load(action, { method: 'POST', body: fields, headers: { origin: page.url.origin } });
    },
  };
}

function missing(id: string, { url }: Opened): never {
  throw new Error(`no #${id} at ${url}`);
}

function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, tag = '', content = '']) => {
    const { method = 'get', action = '' } = attributesOf(tag);
    const controls = [...content.matchAll(/<(input|button|select|textarea)\b([^>]*)>/gi)].map(
      ([, kind = '', text = '']) => ({ kind: kind.toLowerCase(), ...attributesOf(text) }) as Attributes,
    );
    const isSent = ({ kind, name, type = '', checked }: Attributes) =>
      name && kind !== 'button' && type !== 'submit' && (!/^(checkbox|radio)$/.test(type) || checked !== undefined);
    return {
      method: method.toLowerCase(),
      action,
      fields: Object.fromEntries(controls.filter(isSent).map(({ name = '', value = '' }) => [name, value])),
      controls: Object.fromEntries(controls.flatMap((one) => (one.id ? [[one.id, one] as const] : []))),
    };
  });
}

function attributesOf(tag: string): Attributes {
  const found = tag.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return Object.fromEntries(
    [...found].map(([, name = '', a, b, c]) => [name.toLowerCase(), decodeEntities(a ?? b ?? c ?? '')]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
const decodeEntities = (text: string) =>
  text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, name) =>
    name ? (ENTITIES[name] ?? all) : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
  );
