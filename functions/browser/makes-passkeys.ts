/** The form says that the device makes passkeys by itself, and not only a key that somebody may have in a drawer: one is offered. */
const field = document.querySelector<HTMLInputElement>('input[name="makes_passkeys"]');
if (field && 'PublicKeyCredential' in window) {
  PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().then((does) => {
    if (does) field.value = 'true';
  });
}
