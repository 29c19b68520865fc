/** Forms that work without a script, and their buttons. Every control has an id that stays. */
import { type Html, html } from '../../domain/html.ts';
import type { Language } from '../../domain/language.ts';
import type { FormTarget } from '../page-content.ts';
import { sharedTexts } from '../page-texts.ts';

/** @param content its fields and buttons */
export const postForm = ({ action, hidden }: FormTarget, content: Html, id = 'form'): Html =>
  html`<form method="post" action="${action}" id="${id}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}${content}
</form>`;

/** A button that does one thing with the page's link; the action is relative to the page, so without its query: the
 * token is sent in the body alone. */
export const linkForm = (action: string, token: string, language: Language, content: Html): Html =>
  postForm({ action, hidden: { token, lang: language } }, content);

/** Of a page behind a mailed link: the same address in another language. */
export const linkInLanguage =
  (action: string, token: string) =>
  (language: Language): string =>
    `${action}?${new URLSearchParams({ token, lang: language })}`;

export interface ButtonProps {
  readonly label: string;
  readonly id: string;
  readonly kind?: 'primary' | 'secondary' | 'danger' | 'plain' | undefined;
  readonly name?: string;
  readonly value?: string;
  /** It is sent whatever the fields hold. */
  readonly unchecked?: boolean;
}

export const button = ({ label, id, kind = 'primary', name, value, unchecked = false }: ButtonProps): Html =>
  html`<button type="submit" id="${id}"${kind !== 'primary' && html` class="${kind}"`}${name !== undefined && html` name="${name}"`}${value !== undefined && html` value="${value}"`}${unchecked && html` formnovalidate`}>${label}</button>`;

/** Back to the application that led here. */
export const cancelButton = (language: Language): Html =>
  button({
    label: sharedTexts[language].cancel,
    id: 'cancel',
    kind: 'secondary',
    name: 'cancel',
    value: 'true',
    unchecked: true,
  });

/** The likely one first: it is what Enter presses. */
export const actions = (...buttons: readonly (Html | false | undefined)[]): Html =>
  html`<p class="actions">\n${buttons.flatMap((one) => (one ? [html`${one}\n`] : []))}</p>`;

/** @param label with a name that is as long as people make it, of a `long` one */
export const linkButton = (
  href: string,
  label: string,
  id: string,
  kind: 'primary' | 'secondary' | 'long' = 'primary',
): Html => html`<a class="button${kind !== 'primary' && html` ${kind}`}" href="${href}" id="${id}">${label}</a>`;

/** Between two ways that lead to the same. */
export const orDivider = (language: Language): Html => html`<p class="or">${sharedTexts[language].or}</p>`;
