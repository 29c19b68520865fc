/** Chromium's own authenticator in software, by its protocol (https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/). */
import type { CDPSession, Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** Whether the person lets themselves be verified from now on. */
  verifies(isVerified: boolean): Promise<void>;
  /** Whether whoever is asked touches it at once, or never: the sign-in page asks as it opens, and signs in by itself. */
  touches(isPresent: boolean): Promise<void>;
  /** What its passkeys go on counting from, as a copy would that was made before. */
  countsFrom(signCount: number): Promise<void>;
  /** The ids of its passkeys, base64. */
  credentials(): Promise<readonly string[]>;
  readonly cdp: CDPSession;
  readonly id: string;
}

/** Of the page's context: a device's own, which keeps passkeys and verifies its person. */
export async function addAuthenticator(page: Page, isVerified = true, syncs = false): Promise<VirtualAuthenticator> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId: id } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: isVerified,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: syncs,
      defaultBackupState: syncs,
    },
  });
  const own = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials;
  return {
    cdp,
    id,
    verifies: (is) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: is }).then(() => undefined),
    touches: (enabled) =>
      cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled }).then(() => undefined),
    async countsFrom(signCount) {
      for (const credential of await own()) {
        await cdp.send('WebAuthn.removeCredential', { authenticatorId: id, credentialId: credential.credentialId });
        await cdp.send('WebAuthn.addCredential', { authenticatorId: id, credential: { ...credential, signCount } });
      }
    },
    credentials: async () => (await own()).map(({ credentialId }) => credentialId),
  };
}
