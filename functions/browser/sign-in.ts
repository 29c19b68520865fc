/**
 * Signing in with a passkey: by the button, and by what the browser offers in the field of the address (WebAuthn L3 §5.1.4,
 * conditional mediation). The button's `data-options` is where options come from, `data-unknown` what the browser may
 * forget: {rpId, credentialId}. What the browser gives is sent with the form, as `passkey`.
 */
import './form.ts';
import { getAssertion, hasPasskeys, signals } from './webauthn.ts';

/** A challenge holds for five minutes, and autofill waits for hours. */
const RENEW_AFTER = 3 * 60 * 1000;
/** Somebody who touched the page so lately may be choosing: a new question takes the browser's list or dialogue away. */
const QUIET = 60 * 1000;
const LOOK_EVERY = 5 * 1000;

const passkeyButton = document.querySelector<HTMLButtonElement>('button[data-options]');
if (hasPasskeys && passkeyButton?.form) offerPasskeys(passkeyButton, passkeyButton.form);

function offerPasskeys(button: HTMLButtonElement, form: HTMLFormElement): void {
  const part = button.closest<HTMLElement>('[data-passkey]');
  const fault = document.getElementById('passkey-fault');
  /** What waits for autofill. */
  let waiting = new AbortController();
  let askedAt = 0;
  let touchedAt = 0;
  let canAutofill = false;
  /** The button's dialogue is open, or the form is on its way. */
  let isBusy = false;
  let given = '';

  async function ask(how: Pick<CredentialRequestOptions, 'mediation'>, signal: AbortSignal): Promise<void> {
    const answer = await fetch(button.dataset.options ?? '', { method: 'POST', signal });
    if (!answer.ok) throw new Error(`options answered ${answer.status}`);
    const assertion = await getAssertion((await answer.json()).options, { ...how, signal });
    if (!assertion) return;
    given = JSON.stringify(assertion);
    isBusy = true;
    // Address and password are not needed.
    form.noValidate = true;
    form.requestSubmit();
  }

  /** One question at a time: browsers refuse a second. */
  function next(): AbortSignal {
    waiting.abort();
    waiting = new AbortController();
    return waiting.signal;
  }

  /** Without the focus, the browser's own dialogue may have it. */
  const isChoosing = () => !document.hasFocus() || Date.now() - touchedAt < QUIET;
  function renew(): void {
    if (!canAutofill || isBusy || document.hidden || Date.now() - askedAt < RENEW_AFTER) return;
    if (askedAt > 0 && isChoosing()) return;
    askedAt = Date.now();
    // Given up for the next one, or refused: the button and the password are there.
    ask({ mediation: 'conditional' }, next()).catch(() => undefined);
  }

  button.addEventListener('click', () => {
    if (isBusy) return;
    isBusy = true;
    if (fault) fault.hidden = true;
    button.setAttribute('aria-busy', 'true');
    ask({}, next()).catch(() => {
      // The person said no, took too long, or has none here.
      isBusy = false;
      askedAt = 0;
      if (fault) fault.hidden = false;
      button.removeAttribute('aria-busy');
      renew();
    });
  });
  form.addEventListener('formdata', ({ formData }) => {
    if (given) formData.set('passkey', given);
  });
  for (const touch of ['pointerdown', 'keydown']) {
    addEventListener(touch, () => (touchedAt = Date.now()), { capture: true, passive: true });
  }
  // "Back" may show the page as it was left: what was given then is over.
  addEventListener('pageshow', () => {
    given = '';
    isBusy = false;
    form.noValidate = false;
    renew();
  });
  // Timers sleep with the device, and in a page that nobody sees.
  for (const return_ of ['visibilitychange', 'focus']) addEventListener(return_, renew, { capture: true });
  setInterval(renew, LOOK_EVERY);

  if (part) part.hidden = false;
  PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => {
    canAutofill = can;
    renew();
  });
  if (button.dataset.unknown)
    signals.signalUnknownCredential?.(JSON.parse(button.dataset.unknown)).catch(() => undefined);
}
