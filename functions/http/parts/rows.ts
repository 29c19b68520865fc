/** Lists of what somebody has, each with what may be done with it; and a list of pages. */
import { type Html, html } from '../../domain/html.ts';
import { icon } from './icon.ts';

export interface Row {
  readonly title: string | Html;
  /** Below the title, a line each. */
  readonly details: readonly (string | undefined)[];
  /** A link or a form at the end. */
  readonly action?: Html | undefined;
}

/** @param label what the list is of, for who does not see it */
export const rows = (label: string, list: readonly Row[]): Html =>
  html`<ul class="rows" aria-label="${label}">${list.map(
    ({ title, details, action }) => html`<li><div class="long"><strong>${title}</strong>
${details.flatMap((one) => (one === undefined ? [] : [html`<span class="soft small">${one}</span>\n`]))}</div>${action}</li>\n`,
  )}</ul>`;

export interface PageLink {
  readonly href: string;
  readonly id: string;
  readonly label: string;
  /** How it stands there. */
  readonly detail: string;
}

export const pageLinks = (label: string, list: readonly PageLink[]): Html =>
  html`<nav aria-label="${label}"><ul class="choices">${list.map(
    ({ href, id, label: name, detail }) =>
      html`<li><a class="button choice long" href="${href}" id="${id}"><span><strong>${name}</strong><span class="soft small">${detail}</span></span>${icon('next')}</a></li>\n`,
  )}</ul></nav>`;
