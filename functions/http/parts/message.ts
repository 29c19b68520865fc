/** What a page says about what happened. */
import { type Html, html } from '../../domain/html.ts';
import type { Language } from '../../domain/language.ts';
import type { Page } from '../page-content.ts';
import { sharedTexts } from '../page-texts.ts';
import { type IconName, icon } from './icon.ts';

export type Tone = 'good' | 'bad' | 'careful' | 'plain';

const icons: Readonly<Record<Tone, IconName>> = { good: 'check', bad: 'alert', careful: 'alert', plain: 'info' };

/** @param tone `bad` is read out at once, the others when the reader gets there */
export const notice = (tone: Tone, content: Html, id?: string): Html =>
  html`<div class="notice ${tone}" role="${tone === 'bad' ? 'alert' : 'status'}"${id !== undefined && html` id="${id}"`}>${icon(icons[tone])}<div>${content}</div></div>`;

export interface FieldError {
  /** The id of the field. */
  readonly field: string;
  readonly label: string;
  readonly text: string;
}

/** Several errors at once, with the focus: each leads to its field, which says the same. One alone is said by its field. */
export const errorSummary = (language: Language, errors: readonly FieldError[]): Html =>
  errors.length < 2
    ? html``
    : html`<div class="notice bad" role="alert" id="summary" tabindex="-1" autofocus>${icon('alert')}<div>
<h2>${sharedTexts[language].several}</h2>
<ul>${errors.map(({ field, label, text }) => html`<li><a href="#${field}">${label}</a>: ${text}</li>\n`)}</ul>
</div></div>`;

/** Above the heading of a page that is about one thing which happened. */
export const sign = (name: IconName, tone: Tone): Html => html`<div class="sign ${tone}">${icon(name, 24)}</div>\n`;

/** What happened, and what to do next. */
export const result = (
  { heading, text }: { readonly heading: string; readonly text: string | Html },
  next: Html,
  above?: Html,
): Page => ({
  heading,
  ...(above ? { above } : {}),
  content: html`<p class="lead" role="status">${text}</p>\n${next}`,
});
