/** What each page of the account is: what it shows, what it asks before a change, and what it does. */
import { cursor } from '../../../contracts/http/fields.ts';
import type { AccountForm, AccountQuery } from '../../../contracts/http/forms.ts';
import { type Html, html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { Problem } from '../../../domain/problem.ts';
import type { HttpAnswer, RawRequest } from '../../../http/messages.ts';
import type { FormTarget, Page } from '../../../http/page-content.ts';
import { sharedTexts } from '../../../http/page-texts.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import type { OwnAccount } from '../../../store/account-overview.ts';
import type { Caller } from '../../../store/sessions.ts';
import { texts } from './texts.ts';

/** Somebody at a page of their account. */
export interface Visit {
  readonly request: RawRequest;
  readonly language: Language;
  readonly account: OwnAccount;
  readonly caller: Caller;
  readonly query: AccountQuery;
  /** What was typed, where it is refused: nothing is cleared but a password. */
  readonly sent?: AccountForm | undefined;
  /** Of this page, with the fields of every form of ours. */
  readonly form: FormTarget;
  /** The address of a page of the account, in the language that was chosen. */
  readonly at: (page: string, more?: Readonly<Record<string, string>>) => string;
}

export type Section = Pick<Page, 'heading' | 'content' | 'script' | 'status' | 'isRefused' | 'above'>;

/** What is said before a change that is not undone. */
export interface Question {
  readonly heading: string;
  readonly text: string;
  readonly yes: string;
  /** For a person who has authenticated within minutes. */
  readonly isSensitive?: true;
}

/** What an action ends with: a word of {@link Area.done}, a page to go on to, or something that is shown once. */
export type Outcome = { readonly done: string; readonly at?: string } | { readonly once: Section } | HttpAnswer;

export interface Area<Needs> {
  readonly show: (needs: Needs, visit: Visit, fault?: Problem) => Promise<Section> | Section;
  /** By action: those that are asked about first. */
  readonly asks?: (language: Language) => Readonly<Record<string, Question>>;
  readonly acts?: Readonly<Record<string, (needs: Needs, visit: Visit, sent: AccountForm) => Promise<Outcome>>>;
  /** By what was done: what the page says of it then. */
  readonly done?: (language: Language) => Readonly<Record<string, string>>;
  /** Where the page leads on to in its own place. */
  readonly instead?: (visit: Visit, needs: Needs) => HttpAnswer | null;
  /**
   * Also for who is below what is demanded of them: what sets a second factor up, and what is needed until then (S86). As
   * the JSON door has it (http/bearer-tokens.ts).
   */
  readonly isForEnrolling?: true;
  /** All of it is for a person who has authenticated within minutes. */
  readonly isSensitive?: true;
}

/** A button that does one thing with one of a list. */
export const rowForm = ({ form }: Visit, action: string, id: string, label: string): Html =>
  postForm(
    { ...form, hidden: { ...form.hidden, action, id } },
    button({ label, id: `${action}-${id}`, kind: 'secondary' }),
    `form-${action}-${id}`,
  );

/** A link to the question before an action. */
export const rowLink = ({ at }: Visit, page: string, ask: string, id: string, label: string): Html =>
  linkButton(at(page, { ask, id }), label, `${ask}-${id}`, 'secondary');

/** The question: a yes sends the action, a no leads back. */
export const questionSection = (
  { language, form, query: { ask, id } }: Visit,
  back: string,
  { heading, text, yes }: Question,
): Section => ({
  heading,
  content: html`<p class="lead">${text}</p>
${postForm(
  { ...form, hidden: { ...form.hidden, action: ask, id } },
  actions(
    button({ label: yes, id: 'submit', kind: 'danger' }),
    linkButton(back, sharedTexts[language].cancel, 'cancel', 'secondary'),
  ),
)}`,
});

/** @returns undefined for the first page, and for what no page ended with */
export const cursorOf = (query: AccountQuery): string | undefined => cursor.safeParse(query.cursor).data;

export const moreLink = ({ at, language }: Visit, page: string, next: string | null): Html =>
  next === null ? html`` : html`<p><a href="${at(page, { cursor: next })}" id="more">${texts[language].more}</a></p>\n`;
