/** Pages for people: HTML without a script, under a policy that allows nothing but their own style and form. */
import { createHash } from 'node:crypto';
import { Html, html } from '../domain/html.ts';
import { acceptedLanguage, type Language, languageOf } from '../domain/language.ts';
import { Problem } from '../domain/problem.ts';
import { settings } from '../settings.ts';
import { problemAnswer } from './problem-details.ts';
import type { HttpAnswer, HttpRequest } from './route.ts';

const { brandName, buttonColor, buttonTextColor } = settings.mail;

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; background: #f3f4f6; color: #1f2937; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 10vh auto; padding: 1.5rem; background: #fff; border-radius: .5rem; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.3; }
.brand { margin: 0 0 1.5rem; font-weight: 600; }
label { display: block; font-weight: 600; }
input { box-sizing: border-box; width: 100%; margin: .25rem 0; padding: .6rem; font: inherit; color: inherit; background: transparent; border: 1px solid #6b7280; border-radius: .375rem; }
button { margin-top: 1rem; padding: .75rem 1.5rem; font: inherit; font-weight: 600; color: ${buttonTextColor}; background: ${buttonColor}; border: 0; border-radius: .375rem; cursor: pointer; }
input:focus-visible, button:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
.hint { margin: 0; color: #4b5563; font-size: .9rem; }
.fault { padding: .75rem; color: #7f1d1d; background: #fee2e2; border-radius: .375rem; }
@media (prefers-color-scheme: dark) {
  body { background: #111827; color: #f3f4f6; }
  main { background: #1f2937; }
  input { border-color: #9ca3af; }
  .hint { color: #d1d5db; }
  .fault { color: #fecaca; background: #7f1d1d; }
}
`;

/** The style by its hash: a style that somebody slips in has another. Nothing frames the page, no base moves its form. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  // The address holds the token: it goes nowhere, is kept nowhere and is indexed nowhere.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
};

export interface Page {
  readonly status?: number;
  readonly heading: string;
  readonly content: Html;
}

export const pageAnswer = (language: Language, { status = 200, heading, content }: Page): HttpAnswer => ({
  status,
  headers: HEADERS,
  body: `<!doctype html>\n${
    html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading} · ${brandName}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<p class="brand">${brandName}</p>
<h1>${heading}</h1>
${content}
</main>
</body>
</html>
`.markup
  }`,
});

/** That of the mail which led here, else the browser's. */
export const pageLanguage = (given: string | undefined, { headers }: Pick<HttpRequest, 'headers'>): Language =>
  given ? languageOf(given) : acceptedLanguage(headers['accept-language']);

/**
 * A problem, said to people.
 * @param pageOf the page of a problem it knows, or null
 */
export function problemPage(
  error: unknown,
  language: Language,
  { origin }: Pick<HttpRequest, 'origin'>,
  pageOf: (problem: Problem) => Page | null,
): HttpAnswer {
  const { status, headers = {} } = problemAnswer(error, origin.correlationId);
  const known = error instanceof Problem ? pageOf(error) : null;
  const { body, headers: own } = pageAnswer(language, { status, ...(known ?? trouble[language]) });
  const wait = headers['retry-after'];
  return { status, headers: { ...own, ...(wait ? { 'retry-after': wait } : {}) }, body };
}

const trouble: Readonly<Record<Language, Page>> = {
  en: {
    heading: 'That did not work',
    content: html`<p role="alert">Something is wrong at our end, or there were too many tries. Please wait a minute and try again: go back, and press the button once more.</p>`,
  },
  sv: {
    heading: 'Det fungerade inte',
    content: html`<p role="alert">Något är fel hos oss, eller så blev det för många försök. Vänta en minut och försök igen: gå tillbaka och tryck på knappen en gång till.</p>`,
  },
};
