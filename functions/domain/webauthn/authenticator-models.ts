/**
 * What people call the providers that most passkeys are kept by, so that a list of passkeys says which is which. It is a
 * name to begin with, and decides nothing: nobody attests it.
 *
 * Source: https://github.com/passkeydeveloper/passkey-authenticator-aaguids
 */
const models: Readonly<Record<string, string>> = {
  fbfc3007154e4ecc8c0b6e020557d7bd: 'iCloud Keychain',
  ea9b8d664d011d213ce4b6b48cb575d4: 'Google Password Manager',
  adce000235bcc60a648b0b25f1f05503: 'Chrome on Mac',
  '08987058cadc4b81b6e130de50dcbe96': 'Windows Hello',
  '9ddd1817af5a4672a2b93e3dd95000a9': 'Windows Hello',
  d548826e79b4db40a3d811116f7e8349: 'Bitwarden',
  bada5566a7aa401fbd9645619a55120d: '1Password',
};

/** @param aaguid hexadecimal */
export const nameOfModel = (aaguid: string): string | null => models[aaguid] ?? null;
