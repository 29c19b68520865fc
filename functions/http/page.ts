/** Pages for people: HTML under a policy that allows nothing but their own style, pictures, form and, where there is one, script. */
import { Html, html } from '../domain/html.ts';
import { acceptedLanguage, type Language, languageOf, languages } from '../domain/language.ts';
import type { Settings } from '../domain/settings.ts';
import type { HttpAnswer, RawRequest } from './messages.ts';
import type { Page, Said } from './page-content.ts';
import { type Brand, type FileSettings, fileUrl, iconName, pictureName, stylesheetName } from './page-files.ts';
import { pagePolicy } from './page-policy.ts';
import { sharedTexts } from './page-texts.ts';
import { result, sign } from './parts/message.ts';

export type { Page, Said } from './page-content.ts';

export type PageSettings = FileSettings & Pick<Settings, 'issuer' | 'signInUrl'>;

const signs = { done: sign('check', 'good'), mailed: sign('mail', 'good') };

/** The stage's pages: its brand, its colours, where they lead on to. */
export interface Pages {
  answer(language: Language, page: Page): HttpAnswer & { readonly headers: Record<string, string> };
  /** What happened, and where to go from there: to the application's sign-in, unless `next` says otherwise. */
  result(language: Language, said: Said, next?: Html): Page;
  /**
   * To the application's sign-in; where the settings name none, to ours.
   * @param kind `secondary` beside a button that is more likely wanted
   */
  leadOn(language: Language, kind?: 'primary' | 'secondary'): Html;
}

export function pages(settings: PageSettings): Pages {
  const { issuer, brand, signInUrl: signIn = `${issuer}/sign-in` } = settings;
  const stylesheet = fileUrl(issuer, stylesheetName(settings));
  const icon = fileUrl(issuer, iconName(brand));
  const logos = [brand.logo, brand.logoDark].flatMap((logo) => (logo ? [fileUrl(issuer, pictureName(logo))] : []));
  const mark = brandMark(brand, icon, logos);

  const leadOn: Pages['leadOn'] = (language, kind = 'primary') =>
    html`<p class="actions"><a class="button ${kind}" href="${signIn}">${sharedTexts[language].goToSignIn}</a></p>`;
  return {
    leadOn,
    result: (language, said, next = leadOn(language)) =>
      result(said, next, said.kind ? signs[said.kind] : sign('info', 'plain')),
    answer: (language, page) => ({
      status: page.status ?? 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-language': language,
        'content-security-policy': pagePolicy({
          stylesheet,
          pictures: [icon, ...logos, ...(page.pictures ?? [])],
          script: page.script?.hash,
          asks: page.asks,
          formsTo: page.formsTo,
        }),
        'referrer-policy': page.namesOrigin ? 'same-origin' : 'no-referrer',
        'cache-control': 'no-store',
        'x-robots-tag': 'noindex',
      },
      body: `<!doctype html>\n${
        html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.isRefused && html`${sharedTexts[language].error}: `}${page.heading} · ${brand.name}</title>
<link rel="stylesheet" href="${stylesheet}" referrerpolicy="no-referrer">
<link rel="icon" href="${icon}" referrerpolicy="no-referrer">
</head>
<body>
<div class="card">
<header class="brand">${mark}</header>
<main>
${page.above}<h1>${page.heading}</h1>
${page.content}
</main>
</div>
${foot(language, brand, page.inLanguage)}
${page.script !== undefined && html`<script>${new Html(page.script.text)}</script>`}
</body>
</html>
`.markup
      }`,
    }),
  };
}

/** At most so high, and so wide: that of a phone without its margins. */
const LOGO_HEIGHT = 32;
const LOGO_WIDTH = 280;

/** The logo, which says the name; else the icon with the name beside it. */
function brandMark({ name, logo }: Brand, icon: string, [light = icon, dark]: readonly string[]): Html {
  const picture = (alt: string, source: string, height: number, width: number) =>
    html`<img src="${source}" alt="${alt}" width="${String(width)}" height="${String(height)}" referrerpolicy="no-referrer">`;
  if (!logo) return html`${picture('', icon, LOGO_HEIGHT, LOGO_HEIGHT)}<span>${name}</span>`;
  const height = Math.min(LOGO_HEIGHT, LOGO_WIDTH / logo.ratio);
  const image = picture(name, light, Math.round(height), Math.round(height * logo.ratio));
  return dark === undefined
    ? image
    : html`<picture><source media="(prefers-color-scheme: dark)" srcset="${dark}">${image}</picture>`;
}

function foot(language: Language, { termsUrl, privacyUrl, supportUrl }: Brand, inLanguage: Page['inLanguage']): Html {
  const texts = sharedTexts[language];
  const links = [
    [texts.terms, termsUrl],
    [texts.privacy, privacyUrl],
    [texts.support, supportUrl],
  ].flatMap(([label = '', url]) => (url === undefined ? [] : [html`<a href="${url}">${label}</a>\n`]));
  if (links.length === 0 && !inLanguage) return html``;
  return html`<footer class="foot">
${links.length > 0 && html`<nav aria-label="${texts.about}">${links}</nav>`}
${
  inLanguage !== undefined &&
  html`<nav class="languages" aria-label="${texts.languages}">${languages.map((one) =>
    one === language
      ? html`<span aria-current="true">${sharedTexts[one].name}</span>\n`
      : html`<a href="${inLanguage(one)}" hreflang="${one}" lang="${one}">${sharedTexts[one].name}</a>\n`,
  )}</nav>`
}
</footer>`;
}

/**
 * That of the mail which led here, else the browser's.
 * @param given what the page's form says of it; the address, where there is no form
 */
export function pageLanguage({ headers, search }: Pick<RawRequest, 'headers' | 'search'>, given?: string): Language {
  const asked = given ?? search.get('lang');
  return asked ? languageOf(asked) : acceptedLanguage(headers['accept-language']);
}
