/** Letting a device in that has no browser: its code is typed; and what became of it. */
import script from 'browser:form';
import { type Html, html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { type FormViewProps, formPage, type Page } from '../../../http/page-content.ts';
import { field } from '../../../http/parts/field.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice, result, sign } from '../../../http/parts/message.ts';
import { duration } from '../../../http/parts/time.ts';
import { type Outcome, texts } from './texts.ts';

/** `unknown`: no device waits with the code, or none does any longer. */
export type DeviceFault = 'unknown' | 'stale' | { readonly limitedSeconds: number };

export interface DeviceProps extends FormViewProps {
  /** As the device's address has it, or as it was typed; the person confirms it (RFC 8628 §3.3.1). */
  readonly userCode: string;
  readonly fault?: DeviceFault | undefined;
}

/** Eight letters, with what people type between them. */
const MOST_TYPED = 20;

/** Sends `user_code`. */
export function devicePage({ language, form, userCode, fault, ...props }: DeviceProps): Page {
  const said = texts[language];
  return {
    ...formPage(props),
    heading: said.heading,
    script,
    isRefused: fault !== undefined,
    content: html`<p class="lead">${said.text}</p>
${troubleOf(language, fault)}${postForm(
  form,
  html`${field({
    id: 'user_code',
    label: said.label,
    hint: said.hint,
    autocomplete: 'off',
    inputMode: 'text',
    isCapital: true,
    maxLength: MOST_TYPED,
    value: userCode.slice(0, MOST_TYPED),
    error: fault === 'unknown' ? said.unknown : undefined,
    hasFocus: true,
  })}
${actions(button({ label: said.submit, id: 'submit' }))}`,
)}`,
  };
}

/** The device hears of it by itself, within seconds. */
export function deviceOutcomePage(language: Language, outcome: Outcome): Page {
  const { again, ...said } = texts[language].outcomes[outcome];
  const next =
    again === undefined
      ? html``
      : actions(linkButton(outcome === 'late' ? '/account/sessions' : '/device', again, 'again', 'secondary'));
  return result(said, next, outcome === 'allowed' ? sign('check', 'good') : sign('info', 'plain'));
}

function troubleOf(language: Language, fault: DeviceFault | undefined): Html {
  if (fault === undefined || fault === 'unknown') return html``;
  const said = texts[language];
  const text = fault === 'stale' ? said.stale : said.limited(duration(language, fault.limitedSeconds));
  return html`${notice('bad', html`${text}`, 'fault')}\n`;
}
