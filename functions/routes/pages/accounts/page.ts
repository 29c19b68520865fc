/** The account chooser: go on as who is signed in, or as somebody else. */
import script from 'browser:form';
import { html } from '../../../domain/html.ts';
import { type FormViewProps, formPage, type Page } from '../../../http/page-content.ts';
import { choices } from '../../../http/parts/choice.ts';
import { clientLead } from '../../../http/parts/client.ts';
import { actions, cancelButton, postForm } from '../../../http/parts/form.ts';
import { icon } from '../../../http/parts/icon.ts';
import { texts } from './texts.ts';

export interface AccountsProps extends FormViewProps {
  readonly accounts: readonly {
    /** Sent back as `account`. */
    readonly value: string;
    readonly email: string;
    readonly name?: string | undefined;
  }[];
}

/** Sends `account`, which is empty for another one; or `cancel`. */
export function accountsPage({ language, form, client, accounts, ...props }: AccountsProps): Page {
  const said = texts[language];
  return {
    ...formPage({ ...props, client }),
    heading: said.heading,
    script,
    content: html`${client && clientLead(said.goOnTo(client.name), client)}${postForm(
      form,
      html`${choices([
        ...accounts.map(({ value, email, name }, index) => ({
          id: `account-${index + 1}`,
          name: 'account',
          value,
          label: name ?? email,
          detail: name === undefined ? undefined : email,
        })),
        { id: 'other', name: 'account', value: '', label: said.other, sign: icon('person') },
      ])}
${client !== undefined && actions(cancelButton(language))}`,
    )}`,
  };
}
