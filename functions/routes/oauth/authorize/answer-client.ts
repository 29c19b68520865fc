/** What goes to a client's redirect URI, as the request's `response_mode` has it. */
import submitForm from 'browser:submit-form';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { ClientAnswer } from '../../../flows/authorize.ts';
import type { HttpAnswer } from '../../../http/messages.ts';
import type { Pages } from '../../../http/page.ts';
import { actions, button, postForm } from '../../../http/parts/form.ts';
import { redirectTo, withParameters } from '../../../http/redirect.ts';
import { texts } from './texts.ts';

/** Only for a redirect URI that was found among the client's. */
export function answerClient(
  pages: Pages,
  language: Language,
  { redirectUri, responseMode, parameters }: ClientAnswer,
): HttpAnswer {
  if (responseMode === 'form_post') {
    return postOn(pages, language, { action: redirectUri, fields: Object.entries(parameters), formsTo: [redirectUri] });
  }
  return redirectTo(withParameters(redirectUri, parameters));
}

interface Posted {
  readonly action: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** URIs of other origins that it may end up at. */
  readonly formsTo?: readonly string[];
}

/** A page whose form sends itself (OAuth 2.0 Form Post Response Mode); it has a button where no script runs. */
export function postOn(pages: Pages, language: Language, { action, fields, formsTo = [] }: Posted): HttpAnswer {
  const { heading, text, button: label } = texts[language];
  return pages.answer(language, {
    heading,
    script: submitForm,
    formsTo: formsTo.map((uri) => new URL(uri).origin),
    // Our own endpoint asks where a form comes from; a client may, too.
    namesOrigin: true,
    content: html`<p class="lead">${text}</p>
${postForm(
  { action, hidden: {} },
  html`${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}${actions(button({ label, id: 'go_on' }))}`,
)}`,
  });
}
