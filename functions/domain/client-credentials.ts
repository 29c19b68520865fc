/** What a client shows of itself at an endpoint, and what is found by it. */
import type { RegisteredClient } from './client.ts';
import type { OneUse } from './one-use.ts';

/** RFC 7523 §2.2. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** RFC 8693 §3. */
export const tokenTypes = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const;

export type ClientCredentials =
  /** A public one, which has nothing to show. */
  | { readonly method: 'none'; readonly clientId: string }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | {
      readonly method: 'private_key_jwt';
      /** The assertion names the client. This one is only there if the form names it too, and has to be the same. */
      readonly clientId?: string;
      readonly assertion: string;
    }
  | {
      /** What a platform says of a workload; which client that is, the settings say (domain/trusted-issuer.ts). */
      readonly method: 'workload';
      readonly clientId?: string;
      readonly token: string;
      /** In `assertion` (RFC 7523 §2.1), or as the subject of an exchange (RFC 8693). */
      readonly isSubject: boolean;
    };

/** A client that has shown who it is. */
export interface AuthenticatedClient {
  readonly client: RegisteredClient;
  /**
   * An assertion, a DPoP proof: right in all but one thing, which the database knows: whether it came before (S77, S80). They
   * are spent by the statement that runs anyway (store/used-once.ts).
   */
  readonly shown: readonly OneUse[];
  /** The thumbprint of the key that its tokens are to be bound to (RFC 9449); null where it proved none. */
  readonly jkt: string | null;
  /** What it wants exchanged is what shows who it is. */
  readonly isSubject?: boolean;
}
