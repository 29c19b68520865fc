/** Fields: a label above, a hint below it, the input, and an error below that, which the input is described by. */
import { type Html, html } from '../../domain/html.ts';
import type { Language } from '../../domain/language.ts';
import { sharedTexts } from '../page-texts.ts';
import { icon } from './icon.ts';

/** What password managers and browsers fill in: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill */
type Autocomplete =
  | 'username'
  /** And a passkey (WebAuthn L3 §5.1.4, conditional mediation). */
  | 'username webauthn'
  | 'current-password'
  | 'current-password webauthn'
  | 'new-password'
  | 'one-time-code'
  | 'email'
  | 'given-name'
  | 'family-name'
  | 'organization'
  | 'off';

export interface FieldProps {
  /** Of the input; its error is `<id>-error`, its hint `<id>-hint`. */
  readonly id: string;
  /** Of what is sent; the id by default. */
  readonly name?: string;
  readonly label: string;
  readonly autocomplete: Autocomplete;
  /** What was typed before. */
  readonly value?: string | undefined;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** Wrong together with something else, which a notice of this id says. */
  readonly errorAt?: string | undefined;
  readonly isOptional?: boolean;
  readonly isReadonly?: boolean;
  /** Where a page begins; one field of a page alone. */
  readonly hasFocus?: boolean;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly inputMode?: 'numeric' | 'email' | 'text' | undefined;
  /** A code of letters, which a keyboard begins with capitals, and no dictionary corrects. */
  readonly isCapital?: boolean;
  /** A link at the end of the label's line. */
  readonly beside?: { readonly href: string; readonly text: string; readonly id: string } | undefined;
}

export const field = (props: FieldProps): Html => framed(props, input(props, 'text'));

/** Nothing that was typed is given back. The button that shows it is there where a script is: functions/browser/form.ts. */
export const passwordField = (language: Language, props: Omit<FieldProps, 'value'>): Html =>
  framed(
    props,
    html`<div class="secret">${input({ ...props, value: undefined }, 'password')}<button type="button" id="show" class="plain" aria-label="${sharedTexts[language].showPassword}" title="${sharedTexts[language].showPassword}" aria-pressed="false" aria-controls="${props.id}" hidden>${icon('eye')}</button></div>`,
  );

export interface CheckboxProps {
  readonly id: string;
  readonly name?: string;
  readonly label: string | Html;
  readonly isChecked?: boolean;
  readonly isRequired?: boolean;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

export const checkbox = ({ id, name = id, label, isChecked = false, isRequired = false, hint, error }: CheckboxProps) =>
  html`<div class="check">
<input type="checkbox" id="${id}" name="${name}" value="true"${isChecked && html` checked`}${isRequired && html` required`}${described(id, { hint, error })}>
<label for="${id}">${label}</label>
${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>\n`}${errorLine(id, error)}</div>`;

export interface ChoiceFieldProps extends Pick<FieldProps, 'id' | 'label' | 'hint'> {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** The value of one of them. */
  readonly chosen: string;
}

export const choiceField = ({ options, chosen, ...props }: ChoiceFieldProps): Html =>
  framed(
    props,
    html`<select id="${props.id}" name="${props.id}"${described(props.id, props)}>${options.map(
      ({ value, label }) => html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`,
    )}</select>`,
  );

const framed = (
  { id, label, hint, error, beside }: Pick<FieldProps, 'id' | 'label' | 'hint' | 'error' | 'beside'>,
  control: Html,
) =>
  html`<div class="field">
<label for="${id}">${label}</label>
${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>\n`}${control}
${errorLine(id, error)}${beside && html`<a class="beside" href="${beside.href}" id="${beside.id}">${beside.text}</a>\n`}</div>`;

const input = (props: FieldProps, type: string): Html => {
  const { id, name = id, autocomplete, value, isOptional, isReadonly, hasFocus, inputMode } = props;
  const length = (which: string, most: number | undefined) => most !== undefined && html` ${which}="${String(most)}"`;
  // An address is sent as it was typed, not as a keyboard would begin a sentence, nor as an input of type `email` would
  // change it: Chromium sends the domain in Punycode.
  const isTyped = /^(username|email|one-time-code)/.test(autocomplete);
  return html`<input type="${type}" id="${id}" name="${name}" autocomplete="${autocomplete}"${inputMode && html` inputmode="${inputMode}"`}${isTyped && html` autocapitalize="none" spellcheck="false"`}${props.isCapital && html` autocapitalize="characters" spellcheck="false"`}${isReadonly ? html` readonly` : !isOptional && html` required`}${length('minlength', props.minLength)}${length('maxlength', props.maxLength)}${value !== undefined && html` value="${value}"`}${described(id, props)}${hasFocus && html` autofocus`}>`;
};

function described(id: string, { hint, error, errorAt }: Pick<FieldProps, 'hint' | 'error' | 'errorAt'>): Html {
  const by = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`, errorAt].filter(Boolean);
  const isWrong = error !== undefined || errorAt !== undefined;
  return html`${by.length > 0 && html` aria-describedby="${by.join(' ')}"`}${isWrong && html` aria-invalid="true"`}`;
}

const errorLine = (id: string, error: string | undefined): Html =>
  error === undefined ? html`` : html`<p class="error" id="${id}-error">${icon('alert')}<span>${error}</span></p>\n`;
