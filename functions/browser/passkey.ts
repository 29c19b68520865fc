/**
 * Makes or shows a passkey when its form is sent: a hidden field with `data-passkey-create` or `data-passkey-get`, the
 * service's options as JSON, gets what the browser gave as JSON (http/parts/passkey.ts). What has no use without a script,
 * or in a browser that knows no passkeys, has `data-needs-passkeys hidden` and is shown here; what says so is hidden.
 * A form that is not made ready is explained by `[data-passkey-fault]`: `known` where the device has one already.
 *
 * On a page with `data-passkeys="{rpId, userId, allAcceptedCredentialIds}"` the browser is told which passkeys there are, so
 * that it offers no removed one.
 */
import './form.ts';
import { createCredential, getAssertion, hasPasskeys, signals } from './webauthn.ts';

/** Of the five minutes that a challenge holds, all but those that the browser's dialogue may take. */
const FRESH = 3 * 60 * 1000;

const all = (selector: string) => document.querySelectorAll<HTMLElement>(selector);
for (const part of all('[data-needs-passkeys]')) part.hidden = !hasPasskeys;
for (const part of all('[data-lacks-passkeys]')) part.hidden = hasPasskeys;

const fields = document.querySelectorAll<HTMLInputElement>('input[data-passkey-create], input[data-passkey-get]');
for (const field of fields) {
  const { form } = field;
  form?.addEventListener('submit', (event) => {
    const button = event.submitter;
    // A button with a value, such as one that leads back, needs none. Sent empty, the page comes again with new options.
    if (field.value !== '' || button?.getAttribute('value') || performance.now() > FRESH) return;
    event.preventDefault();
    show(null);
    ask(field).then(
      (given) => {
        field.value = JSON.stringify(given);
        again(form, button);
        form.requestSubmit(button);
      },
      (error: unknown) => {
        again(form, button);
        // WebAuthn L3 §5.1.3: InvalidStateError where one of `excludeCredentials` is there.
        show(error instanceof DOMException && error.name === 'InvalidStateError' ? 'known' : 'denied');
      },
    );
  });
}

const ask = ({ dataset: { passkeyCreate, passkeyGet = '' } }: HTMLElement) =>
  passkeyCreate === undefined ? getAssertion(JSON.parse(passkeyGet)) : createCredential(JSON.parse(passkeyCreate));

function show(fault: string | null): void {
  for (const part of all('[data-passkey-fault]')) part.hidden = part.dataset.passkeyFault !== fault;
}

/** It was not sent yet (sent-once.ts). */
function again(form: HTMLFormElement, button: HTMLElement | null): void {
  delete form.dataset.sent;
  button?.removeAttribute('aria-busy');
}

// "Back" may show the page as it was sent: what was given then counts once.
addEventListener('pageshow', () => {
  for (const field of fields) field.value = '';
});

const accepted = document.querySelector<HTMLElement>('[data-passkeys]')?.dataset.passkeys;
if (accepted !== undefined) signals.signalAllAcceptedCredentials?.(JSON.parse(accepted)).catch(() => undefined);
