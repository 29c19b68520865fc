/** Mails as they are sent: subject, HTML, plain text. */
import { type Html, html } from '../html.ts';
import type { Language } from '../language.ts';
import { cutText, shownText } from '../people-text.ts';
import type { Content, TemplateId, Templates } from './content.ts';
import { en } from './texts/en.ts';
import { sv } from './texts/sv.ts';

/** How the stage's mails look; see lib/service/settings/mail.ts. */
export interface Brand {
  readonly brandName: string;
  readonly buttonColor: string;
  readonly buttonTextColor: string;
}

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

const texts = { en, sv };

/** Code points. */
const MOST_SUBJECT = 150;

export function renderTemplate<T extends TemplateId>(
  template: T,
  values: Omit<Templates[T], 'brand'>,
  language: Language,
  brand: Brand,
): RenderedMail {
  // The union of all templates' texts has no call signature of its own.
  const write = texts[language][template] as (values: object) => Content;
  return renderMail(write({ ...values, brand: brand.brandName }), language, brand);
}

export function renderMail(content: Content, language: Language, brand: Brand): RenderedMail {
  return {
    // A line break in a subject would begin another header (RFC 5322 §2.2), and mail programs would decode what looks
    // like an encoded word (RFC 2047 §2), links included; they show some 70 characters.
    subject: cutText(shownText(content.subject).replaceAll('=?', '= ?'), MOST_SUBJECT),
    html: `<!doctype html>\n${page(content, language, brand).markup}`,
    text: plainText(content, brand),
  };
}

const introductions: Readonly<Record<Language, string>> = {
  en: 'If the button does not work, open this address:',
  sv: 'Om knappen inte fungerar, öppna den här adressen:',
};

/** Styles are in the elements, since many mail programs drop a style sheet; the sheet holds extras only. */
const font = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
const paragraphStyle = `margin:0 0 16px;${font};font-size:16px;line-height:24px;color:#1f2937`;
const codeStyle = `margin:0 0 16px;${font};font-size:28px;line-height:36px;font-weight:600;letter-spacing:4px;color:#1f2937`;
const noteStyle = `margin:0 0 8px;${font};font-size:14px;line-height:20px;color:#4b5563`;

const DARK = `
  :root { color-scheme: light dark; }
  @media (prefers-color-scheme: dark) {
    .ground { background: #111827 !important; }
    .card { background: #1f2937 !important; }
    .card h1, .card p, .card .brand { color: #f3f4f6 !important; }
    .card a.plain { color: #93c5fd !important; }
  }
`;

function page(
  { subject, heading, paragraphs, code, button, notes = [] }: Content,
  language: Language,
  brand: Brand,
): Html {
  const styles = {
    heading: `margin:0 0 16px;${font};font-size:22px;line-height:28px;color:#111827`,
    brand: `${font};font-size:16px;font-weight:600;color:#111827;padding-bottom:24px`,
    cell: `background:${brand.buttonColor};border-radius:6px`,
    button: `display:inline-block;padding:12px 24px;${font};font-size:16px;line-height:24px;font-weight:600;color:${brand.buttonTextColor};text-decoration:none`,
  };
  return html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>${DARK}</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#f3f4f6">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f4f6">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:8px">
<tr><td style="padding:24px">
<div class="brand" style="${styles.brand}">${brand.brandName}</div>
<h1 style="${styles.heading}">${heading}</h1>
${paragraphs.map((text) => html`<p style="${paragraphStyle}">${text}</p>\n`)}
${code !== undefined && html`<p class="code" style="${codeStyle}">${code}</p>`}
${
  button
    ? html`<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 24px"><tr><td style="${styles.cell}"><a class="button" href="${button.url}" style="${styles.button}">${button.label}</a></td></tr></table>
<p style="${noteStyle}">${introductions[language]}<br><a class="plain" href="${button.url}" style="color:#1d4ed8;word-break:break-all">${button.url}</a></p>`
    : null
}
${notes.map((text) => html`<p style="${noteStyle}">${text}</p>\n`)}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

function plainText({ heading, paragraphs, code, button, notes = [] }: Content, { brandName }: Brand): string {
  const action = button ? [`${button.label}:\n${button.url}`] : [];
  return `${[heading, ...paragraphs, ...(code === undefined ? [] : [code]), ...action, ...notes, `-- \n${brandName}`].join('\n\n')}\n`;
}
