/** Settings of what people sign in with beside the password. */
import { z } from 'zod';

/** An https origin in the spelling of browsers, or an Android application by its certificate. */
function isOrigin(origin: string): boolean {
  if (/^android:apk-key-hash:[\w-]{43}$/.test(origin)) return true;
  const { protocol, origin: own, hostname } = URL.parse(origin) ?? {};
  return own === origin && (protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost'));
}

export const factorSettings = {
  /**
   * A second factor of people who have none: `optional`, whoever sets one up is asked for it; `required`, everybody has to;
   * `off`, nobody is asked. Administrators of the platform always need one.
   */
  secondFactor: z.enum(['off', 'optional', 'required']).default('optional'),
  /**
   * `level2`: a code that is mailed to a proved address counts beside the password, after all other factors, and for
   * whoever has set up none. Mail is no out-of-band authenticator (NIST SP 800-63B-4 §3.1.3.1), and many a mailbox has the
   * same password: so it is to be chosen knowingly. Never for administrators of the platform, after a login by mail, or beside
   * a password that was set by a mailed link.
   */
  mailAsSecondFactor: z.enum(['off', 'level2']).default('off'),
  passkeys: z
    .strictObject({
      /** On by default where the domain is one's own: see `rpId`. */
      on: z.boolean().optional(),
      /**
       * The domain that passkeys belong to: the issuer's host by default, or a domain above it. Nobody's passkey works under
       * another one, so a deployment that changes it is refused once there are any (functions/jobs/migrate.ts). CloudFront's
       * and API Gateway's hosts are AWS's, and go with a stack: `prod` has no passkeys under them.
       */
      rpId: z.hostname().lowercase().optional(),
      /**
       * Origins, beside the issuer's, whose pages or applications may use the passkeys: applications under `rpId`, Android
       * applications (`android:apk-key-hash:…`), and related origins of other domains, which browsers look up at
       * `https://<rpId>/.well-known/webauthn`, and of which they take five domains at least (WebAuthn L3 §5.11). The service
       * answers there; of a domain above the issuer's, whoever has that domain has to.
       */
      origins: z
        .array(
          z.string().refine(isOrigin, 'must be an origin by https, as browsers send it, or android:apk-key-hash:…'),
        )
        .max(20)
        .default([]),
    })
    .prefault({}),
};
