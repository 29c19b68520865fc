/** Sign-up: what an account needs, and no more. */
import script from 'browser:form';
import { type Html, html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { PasswordFault } from '../../../domain/problem.ts';
import { type FormViewProps, formPage, type Page } from '../../../http/page-content.ts';
import { clientLead } from '../../../http/parts/client.ts';
import { field, passwordField } from '../../../http/parts/field.ts';
import { actions, button, cancelButton, postForm } from '../../../http/parts/form.ts';
import { errorSummary, type FieldError, notice } from '../../../http/parts/message.ts';
import { duration } from '../../../http/parts/time.ts';
import { newPassword } from '../new-password.ts';
import { type EmailFault, texts } from './texts.ts';

/** The fields that are texts of people, by the names that the form sends them under. */
type NameField = 'first_name' | 'last_name' | 'organization_name';

export interface SignUpProps extends FormViewProps {
  /** Undefined where people sign in by mail alone, and choose none. */
  readonly passwordMinLength: number | undefined;
  /** Which names are asked for; by default none. The first two are needed together (PersonName of the contract). */
  readonly asksFor?: readonly ('name' | 'organization')[];
  /** As they were typed before; never the password. */
  readonly typed?: Readonly<Partial<Record<'email' | NameField, string>>>;
  readonly faults?: {
    readonly email?: EmailFault | undefined;
    readonly password?: PasswordFault | undefined;
    readonly names?: Readonly<Partial<Record<NameField, 'missing' | 'notShown'>>>;
  };
  /** Of the whole: what no field is to blame for. */
  readonly fault?: 'stale' | { readonly limitedSeconds: number } | undefined;
  readonly links: { readonly signIn: string };
}

/** Sends `email`, `password`, and what is asked for of `first_name`, `last_name`, `organization_name`; or `cancel`. */
export function signUpPage({ language, form, client, asksFor = [], ...props }: SignUpProps): Page {
  const said = texts[language];
  const errors = errorsOf(language, props);
  const at = (id: string) => errors.find((error) => error.field === id)?.text;
  const focus = errors.length === 1 ? errors[0]?.field : errors.length === 0 && !props.fault ? 'email' : undefined;
  const name = (
    id: NameField,
    label: string,
    autocomplete: 'given-name' | 'family-name' | 'organization',
    hint?: string,
  ) =>
    html`${field({ id, label, autocomplete, hint, value: props.typed?.[id], error: at(id), isOptional: id === 'organization_name', hasFocus: focus === id })}\n`;
  return {
    ...formPage({ ...props, client }),
    heading: said.heading,
    script,
    isRefused: errors.length > 0 || props.fault !== undefined,
    content: html`${client && clientLead(said.goOnTo(client.name), client)}${whole(language, props.fault)}${errorSummary(language, errors)}
${postForm(
  form,
  html`${asksFor.includes('name') && html`${name('first_name', said.firstName, 'given-name')}${name('last_name', said.lastName, 'family-name')}`}${field(
    {
      id: 'email',
      label: said.email,
      autocomplete: 'username',
      inputMode: 'email',
      value: props.typed?.email,
      error: at('email'),
      hasFocus: focus === 'email',
    },
  )}
${
  props.passwordMinLength !== undefined &&
  passwordField(language, {
    id: 'password',
    label: said.password,
    autocomplete: 'new-password',
    hint: newPassword[language].hint(props.passwordMinLength),
    error: at('password'),
    minLength: props.passwordMinLength,
    hasFocus: focus === 'password',
  })
}
${asksFor.includes('organization') && name('organization_name', said.organization, 'organization', said.organizationHint)}${actions(
  button({ label: said.submit, id: 'submit' }),
  client !== undefined && cancelButton(language),
)}`,
)}
<p>${said.hasAccount} <a href="${props.links.signIn}" id="sign_in">${said.signIn}</a></p>`,
  };
}

function whole(language: Language, fault: SignUpProps['fault']): Html {
  const { limited, stale } = texts[language];
  if (fault === undefined) return html``;
  const text = fault === 'stale' ? stale : limited(duration(language, fault.limitedSeconds));
  return html`${notice('bad', html`${text}`, 'fault')}\n`;
}

/** In the order of the fields. */
function errorsOf(
  language: Language,
  { faults = {}, passwordMinLength = 0 }: Pick<SignUpProps, 'faults' | 'passwordMinLength'>,
): FieldError[] {
  const said = texts[language];
  const { email, password, names = {} } = faults;
  const ofName = (id: NameField, label: string) => {
    const fault = names[id];
    return fault === undefined ? [] : [{ field: id, label, text: said[fault] }];
  };
  return [
    ...ofName('first_name', said.firstName),
    ...ofName('last_name', said.lastName),
    ...(email === undefined ? [] : [{ field: 'email', label: said.email, text: said.emailFaults[email] }]),
    ...(password === undefined
      ? []
      : [{ field: 'password', label: said.password, text: newPassword[language].faults[password](passwordMinLength) }]),
    ...ofName('organization_name', said.organization),
  ];
}
