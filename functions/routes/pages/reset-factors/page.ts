/** The password, beside the link that was mailed; and where the link is over. */
import script from 'browser:form';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { Pages } from '../../../http/page.ts';
import { type FormViewProps, formPage, type Page } from '../../../http/page-content.ts';
import { field, passwordField } from '../../../http/parts/field.ts';
import { actions, button, postForm } from '../../../http/parts/form.ts';
import { notice, result, sign } from '../../../http/parts/message.ts';
import { duration } from '../../../http/parts/time.ts';
import { texts } from './texts.ts';

export interface RestoreProps extends FormViewProps {
  /** The account's. */
  readonly email: string;
  readonly fault?: 'wrong' | 'stale' | 'unavailable' | { readonly limitedSeconds: number } | undefined;
}

/** Sends `password`. */
export function restorePage({ language, form, email, fault, ...props }: RestoreProps): Page {
  const said = texts[language];
  const trouble =
    typeof fault === 'object'
      ? said.limited(duration(language, fault.limitedSeconds))
      : fault !== undefined && fault !== 'wrong' && said[fault];
  return {
    ...formPage(props),
    heading: said.heading,
    script,
    isRefused: fault !== undefined,
    content: html`<p class="lead long">${said.lead}</p>
${trouble && html`${notice('bad', html`${trouble}`, 'fault')}\n`}${postForm(
  form,
  html`${field({ id: 'username', label: said.account, autocomplete: 'username', value: email, isReadonly: true })}
${passwordField(language, {
  id: 'password',
  label: said.password,
  autocomplete: 'current-password',
  error: fault === 'wrong' ? said.wrong : undefined,
  hasFocus: true,
})}
${actions(button({ label: said.submit, id: 'submit' }))}`,
)}
<p class="small soft">${said.forgotten}</p>`,
  };
}

export const restoreOverPage = (pages: Pages, language: Language): Page =>
  result(texts[language].over, pages.leadOn(language, 'secondary'), sign('clock', 'plain'));
