/** Pages for people: HTML under a policy that allows nothing but their own style, form and, where there is one, script. */
import { createHash } from 'node:crypto';
import { Html, html } from '../domain/html.ts';
import { acceptedLanguage, type Language, languageOf } from '../domain/language.ts';
import type { Settings } from '../domain/settings.ts';
import type { HttpAnswer, RawRequest } from './messages.ts';
import { type PageColors, pageStyle } from './page-style.ts';

export interface PageSettings extends Pick<Settings, 'signInUrl'> {
  readonly mail: Pick<Settings['mail'], 'brandName'> & PageColors;
}

export interface Page {
  readonly status?: number;
  readonly heading: string;
  readonly content: Html;
  /** Something that was typed is refused: the title says so first. */
  readonly isRefused?: boolean;
  /** Of functions/browser, imported as `browser:<name>`; the page works without it. */
  readonly script?: typeof import('browser:*').default;
  /**
   * Origins that the page's forms may end up at, beside our own: Chromium applies `form-action` to the redirect that
   * answers a form too.
   */
  readonly formsTo?: readonly string[];
}

const fault: Readonly<Record<Language, string>> = { en: 'Error', sv: 'Fel' };

/** Style and script by their hashes: what somebody slips in has another. Nothing frames the page, no base moves its form. */
const policy = (styleHash: string, { script, formsTo = [] }: Pick<Page, 'script' | 'formsTo'>) =>
  [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    ...(script === undefined ? [] : [`script-src 'sha256-${script.hash}'`]),
    ["form-action 'self'", ...formsTo.map(originOf)].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');

/**
 * @throws Error for what is no origin, or has what a policy reads otherwise: a host may hold `;`, which would begin another
 *   directive, `,`, which would begin another policy, and `*`, which would allow every host
 */
function originOf(text: string): string {
  const { origin } = new URL(text);
  if (origin !== text || /[;,*]/.test(text)) throw new Error('a page names an origin that is none');
  return origin;
}

/** The stage's pages: its brand, its colours, where they lead on to. */
export interface Pages {
  answer(language: Language, page: Page): HttpAnswer & { readonly headers: Record<string, string> };
  /** What happened, and where to go from there: to the application's sign-in, unless `next` says otherwise. */
  result(language: Language, said: { readonly heading: string; readonly text: string }, next?: Html): Page;
  /**
   * To the application's sign-in; where the settings name none, back to wherever the person came from.
   * @param kind `secondary` beside a button that is more likely wanted
   */
  leadOn(language: Language, kind?: 'primary' | 'secondary'): Html;
}

export function pages({ signInUrl, mail: { brandName, ...colors } }: PageSettings): Pages {
  const style = pageStyle(colors);
  const styleHash = createHash('sha256').update(style).digest('base64');

  const leadOn: Pages['leadOn'] = (language, kind = 'primary') => {
    const { label, close } = signIn[language];
    return signInUrl === undefined
      ? html`<p class="hint">${close}</p>`
      : html`<p class="actions"><a class="button ${kind}" href="${signInUrl}">${label}</a></p>`;
  };
  return {
    leadOn,
    result: (language, { heading, text }, next = leadOn(language)) => ({
      heading,
      content: html`<p role="status">${text}</p>\n${next}`,
    }),
    answer: (language, { status = 200, heading, content, isRefused = false, script, formsTo }) => ({
      status,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy(styleHash, { script, formsTo }),
        // The address holds the token: it goes nowhere, is kept nowhere and is indexed nowhere.
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-robots-tag': 'noindex',
      },
      body: `<!doctype html>\n${
        html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${isRefused && html`${fault[language]}: `}${heading} · ${brandName}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<p class="brand">${brandName}</p>
<h1>${heading}</h1>
${content}
</main>
${script !== undefined && html`<script>${new Html(script.text)}</script>`}
</body>
</html>
`.markup
      }`,
    }),
  };
}

const signIn: Readonly<Record<Language, { readonly label: string; readonly close: string }>> = {
  en: { label: 'Go to sign-in', close: 'You can close this page and go on in your application.' },
  sv: { label: 'Till inloggningen', close: 'Du kan stänga sidan och fortsätta i din applikation.' },
};

/**
 * That of the mail which led here, else the browser's.
 * @param given what the page's form says of it; the address, where there is no form
 */
export function pageLanguage({ headers, search }: Pick<RawRequest, 'headers' | 'search'>, given?: string): Language {
  const asked = given ?? search.get('lang');
  return asked ? languageOf(asked) : acceptedLanguage(headers['accept-language']);
}

/** A button that does one thing with the page's link; the action is relative to the page, so without its query: the
 * token is sent in the body alone. */
export const linkForm = (action: string, token: string, language: Language, content: Html): Html =>
  html`<form method="post" action="${action}">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="lang" value="${language}">
${content}
</form>`;
