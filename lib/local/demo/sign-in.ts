/**
 * Sign-in for a single-page app, by oidc-client-ts: the code flow with PKCE, for a public client. Another app may
 * take this file as it is.
 */
import { type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';

export interface SignIn {
  /** Call it once, as the page loads. Null: nobody is signed in. Throws what the service said, `access_denied` after Cancel. */
  currentUser(): Promise<User | null>;
  /** Leaves the page. `create` begins with the page where a new account is made. */
  signIn(prompt?: 'create'): Promise<void>;
  /** By the refresh token, without leaving the page. */
  refresh(): Promise<User | null>;
  /** Ends the session here and at the service, and leaves the page. */
  signOut(): Promise<void>;
}

export function singlePageSignIn(issuer: string, clientId: string): SignIn {
  const here = `${location.origin}/`;
  const users = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: here,
    post_logout_redirect_uri: here,
    scope: 'openid profile email',
    loadUserInfo: true,
    // For as long as the tab is open: another tab signs in by itself, without a password.
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    // A minute before the access token ends, while the page is open.
    automaticSilentRenew: true,
  });
  return {
    async currentUser() {
      const answer = new URLSearchParams(location.search);
      if (!answer.has('state')) return users.getUser();
      try {
        // The answer of the sign-in has a code, or why there is none; that of the sign-out has neither.
        if (answer.has('code') || answer.has('error')) return (await users.signinCallback()) ?? null;
        await users.signoutCallback();
        return null;
      } finally {
        // Reloading the page does not use the code again.
        history.replaceState(null, '', location.pathname);
      }
    },
    signIn: (prompt) => users.signinRedirect(prompt ? { prompt } : {}),
    refresh: () => users.signinSilent(),
    signOut: () => users.signoutRedirect(),
  };
}
