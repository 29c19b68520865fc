/**
 * Makes a passkey when its form is sent: `<form data-passkey-create="{options}">`, with the options of
 * flows/passkeys.ts (`passkeyOptions`) as JSON, a hidden `<input name="credential">`, which gets what the browser made as
 * JSON, and what else the form has. What has no use without a script has `data-needs-passkeys hidden`, and is shown here.
 * A form that is not made ready is shown `[data-passkey-fault="denied"]` (the person said no, or took too long) or
 * `"known"` (this device has one already); both are `hidden` in the page.
 *
 * On a page with `data-passkeys="{rpId, userId, allAcceptedCredentialIds}"` (of GET /v1/auth/passkeys: `rp_id`,
 * `user_handle`, the `credential_id`s) the browser is told which passkeys there are, so that it offers no removed one.
 */
import './form.ts';
import { createCredential, hasPasskeys, signals } from './webauthn.ts';

for (const part of document.querySelectorAll<HTMLElement>('[data-needs-passkeys]')) part.hidden = !hasPasskeys;

const show = (fault: string | null) => {
  for (const part of document.querySelectorAll<HTMLElement>('[data-passkey-fault]')) {
    part.hidden = part.dataset.passkeyFault !== fault;
  }
};

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey-create]')) {
  const field = form.elements.namedItem('credential');
  form.addEventListener('submit', (event) => {
    // A button with a value, such as one that leads back, makes none.
    if (!(field instanceof HTMLInputElement) || field.value !== '' || event.submitter?.getAttribute('value')) return;
    event.preventDefault();
    show(null);
    createCredential(JSON.parse(form.dataset.passkeyCreate ?? '{}')).then(
      (made) => {
        field.value = JSON.stringify(made);
        again(form, event.submitter);
        form.requestSubmit(event.submitter);
      },
      (error: unknown) => {
        again(form, event.submitter);
        // WebAuthn L3 §5.1.3: InvalidStateError where one of `excludeCredentials` is there.
        show(error instanceof DOMException && error.name === 'InvalidStateError' ? 'known' : 'denied');
      },
    );
  });
}

/** It was not sent yet (sent-once.ts). */
function again(form: HTMLFormElement, button: HTMLElement | null) {
  delete form.dataset.sent;
  button?.removeAttribute('aria-busy');
}

const all = document.querySelector<HTMLElement>('[data-passkeys]')?.dataset.passkeys;
if (all !== undefined) signals.signalAllAcceptedCredentials?.(JSON.parse(all)).catch(() => undefined);
