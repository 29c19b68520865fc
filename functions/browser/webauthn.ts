/** What of WebAuthn the pages' scripts share. Browsers read and write JSON by themselves since 2025 only: WebAuthn L3 §5.1.8. */

const toBytes = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));

const toText = (bytes: ArrayBuffer | null): string | undefined =>
  bytes
    ? btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '')
    : undefined;

const withBytes = (known: readonly { readonly id: string }[] = []) =>
  known.map((one) => ({ ...one, id: toBytes(one.id) })) as unknown as PublicKeyCredentialDescriptor[];

export const hasPasskeys = 'PublicKeyCredential' in window;

/** @param options as the service gives them, JSON @returns a RegistrationResponseJSON */
export async function createCredential(options: PublicKeyCredentialCreationOptionsJSON): Promise<object | null> {
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  } as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  if (!made) return null;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id,
    type: made.type,
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports?.(),
    },
  };
}

/** @returns an AuthenticationResponseJSON */
export async function getAssertion(
  options: PublicKeyCredentialRequestOptionsJSON,
  how: Pick<CredentialRequestOptions, 'mediation' | 'signal'> = {},
): Promise<object | null> {
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  } as PublicKeyCredentialRequestOptions;
  const got = (await navigator.credentials.get({ ...how, publicKey })) as PublicKeyCredential | null;
  if (!got) return null;
  const response = got.response as AuthenticatorAssertionResponse;
  return {
    id: got.id,
    type: got.type,
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: toText(response.userHandle),
    },
  };
}

/** What browsers that know it keep their lists of passkeys by (WebAuthn L3 §5.1.10). */
interface Signals {
  signalUnknownCredential?(given: { readonly rpId: string; readonly credentialId: string }): Promise<void>;
  signalAllAcceptedCredentials?(given: {
    readonly rpId: string;
    readonly userId: string;
    readonly allAcceptedCredentialIds: readonly string[];
  }): Promise<void>;
}

export const signals: Signals = hasPasskeys ? (PublicKeyCredential as unknown as Signals) : {};
