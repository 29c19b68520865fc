/** Who asks for something: an application, by what can be known of it. */
import { type Html, html } from '../../domain/html.ts';

export interface ClientShown {
  readonly name: string;
  /** Of its own address, which its name is not; for an application on a device what it is called there. */
  readonly host?: string | undefined;
  /** Of ours: logos are fetched once and served by this service. The page names it in `pictures`. */
  readonly logo?: string | undefined;
}

/** What somebody is to do for the sake of an application, which the text names; with its logo, where it has one. */
export const clientLead = (text: string, { logo }: Pick<ClientShown, 'logo'>): Html =>
  logo === undefined
    ? html`<p class="lead long">${text}</p>\n`
    : html`<p class="lead long who"><img src="${logo}" alt="" width="32" height="32" referrerpolicy="no-referrer"><span>${text}</span></p>\n`;

/** The name is the client's choice, the host is not. */
export const clientDetails = ({ name, host, logo }: ClientShown): Html =>
  html`<div class="who long">${
    logo === undefined
      ? html`<span class="letter square" aria-hidden="true">${firstLetter(name)}</span>`
      : html`<img src="${logo}" alt="" width="48" height="48" referrerpolicy="no-referrer">`
  }<span><strong>${name}</strong>${host !== undefined && html`<span class="soft small">${host}</span>`}</span></div>`;

export const firstLetter = (name: string): string => Array.from(name.trim())[0]?.toUpperCase() ?? '';
