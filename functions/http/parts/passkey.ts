/** What forms have that a passkey is made or shown by: functions/browser/passkey.ts fills their fields in. */
import type { CreationOptions, RequestOptions } from '../../contracts/http/passkeys.ts';
import { type Html, html } from '../../domain/html.ts';
import type { Language } from '../../domain/language.ts';
import { notice } from './message.ts';

/** Of a form that sends what a browser made, as JSON. */
export const creationField = (options: CreationOptions): Html =>
  html`<input type="hidden" name="credential" value="" data-passkey-create="${JSON.stringify(options)}">`;

/** Of a form that sends what a passkey signed, as JSON. */
export const assertionField = (options: RequestOptions): Html =>
  html`<input type="hidden" name="assertion" value="" data-passkey-get="${JSON.stringify(options)}">`;

/** Of a form after which a passkey is offered: functions/browser/makes-passkeys.ts fills it in. */
export const deviceField: Html = html`<input type="hidden" name="makes_passkeys" value="">`;

/** What is there where the script runs, in a browser that knows passkeys; elsewhere the page says what is missing. */
export const withPasskeys = (language: Language, content: Html): Html =>
  html`<p data-lacks-passkeys class="soft">${texts[language].lacking}</p>
<div class="stack" data-needs-passkeys hidden>
<div data-passkey-fault="denied" hidden>${notice('bad', html`${texts[language].denied}`)}</div>
<div data-passkey-fault="known" hidden>${notice('careful', html`${texts[language].known}`)}</div>
${content}
</div>`;

interface Texts {
  readonly lacking: string;
  readonly denied: string;
  /** The device has one of the account already. */
  readonly known: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    lacking: 'For passkeys, this page needs its script, and a browser that knows them.',
    denied: 'Your device gave no passkey: it was told to stop, it took too long, or it has none. Try again.',
    known: 'This device has a passkey for your account already.',
  },
  sv: {
    lacking: 'För passnycklar behöver sidan sitt skript, och en webbläsare som känner till dem.',
    denied: 'Enheten lämnade ingen passnyckel: den avbröts, det tog för lång tid eller så har den ingen. Försök igen.',
    known: 'Den här enheten har redan en passnyckel för ditt konto.',
  },
};
