/** Chromium's own authenticator in software, by its protocol (https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/). */
import type { CDPSession, Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** Whether the person lets themselves be verified from now on. */
  verifies(isVerified: boolean): Promise<void>;
  /** The ids of its passkeys, base64. */
  credentials(): Promise<readonly string[]>;
  readonly cdp: CDPSession;
  readonly id: string;
}

/** Of the page's context: a device's own, which keeps passkeys and verifies its person. */
export async function addAuthenticator(page: Page, isVerified = true): Promise<VirtualAuthenticator> {
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
    },
  });
  return {
    cdp,
    id,
    verifies: (is) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: is }).then(() => undefined),
    credentials: async () =>
      (await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials.map(
        ({ credentialId }) => credentialId,
      ),
  };
}
