/** A list of which one is chosen, each a button of the form around it. */
import { type Html, html } from '../../domain/html.ts';
import { firstLetter } from './client.ts';
import { icon } from './icon.ts';

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly label: string;
  /** In smaller letters below the label. */
  readonly detail?: string | undefined;
  /** A sign in the place of the label's first letter. */
  readonly sign?: Html;
}

export const choices = (list: readonly Choice[]): Html =>
  html`<ul class="choices">${list.map(
    ({ id, name, value, label, detail, sign }) =>
      html`<li><button type="submit" class="choice long" id="${id}" name="${name}" value="${value}" formnovalidate><span class="letter" aria-hidden="true">${sign ?? firstLetter(label)}</span><span><strong>${label}</strong>${detail !== undefined && html`<span class="soft small">${detail}</span>`}</span>${icon('next')}</button></li>\n`,
  )}</ul>`;
