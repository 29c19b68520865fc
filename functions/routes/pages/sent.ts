/**
 * What follows a form that was sent has an address of its own, with what was sent, sealed: "Back" and a reload show it
 * again, where the answer to the form itself would be asked for anew.
 */
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import { redirectTo } from '../../http/redirect.ts';
import type { BrowserDoor } from '../../stage/browser-door.ts';
import { MOST_IN_ADDRESS } from '../oauth/authorize/lead-to.ts';
import type { OpenedPage } from './opened-page.ts';

/** `browser`: the form's token, so that no other browser is shown it. */
type Kept<T> = T & { readonly browser: string };

export interface SentForms<T> {
  /** The text that a form or an address has of it. */
  seal(sent: T, token: string): Promise<string>;
  open(text: string): Promise<Kept<T> | null>;
  /** @returns null for what another browser has sent, or nobody */
  openHere(request: Pick<RawRequest, 'cookies'>, text: string): Promise<T | null>;
  /** To the address; null where the client's request is too long for one. */
  leadTo(opened: OpenedPage, path: string, request: string, sent: T): Promise<HttpAnswer | null>;
}

export function sentForms<T extends object>({ sealed, forms }: BrowserDoor, purpose: string): SentForms<T> {
  const texts = sealed<Kept<T>>(purpose);
  const seal = (sent: T, browser: string) => texts.seal({ ...sent, browser });
  return {
    seal,
    open: (text) => texts.open(text),
    async openHere(request, text) {
      const kept = text === '' ? null : await texts.open(text);
      return kept && kept.browser === (await forms.issue(request)).token ? kept : null;
    },
    async leadTo({ addressOf, token, cookies }, path, request, sent) {
      if (request.length > MOST_IN_ADDRESS) return null;
      return { ...redirectTo(addressOf(path, { sent: await seal(sent, token) })), cookies };
    },
  };
}
