/** The demo app: signs in, and shows what a client gets. `sign-in.ts` is all that another app would take of it. */
import type { User } from 'oidc-client-ts';
import { singlePageSignIn } from './sign-in.ts';

const { issuer = '', client = '' } = document.body.dataset;
const { currentUser, signIn, refresh, signOut } = singlePageSignIn(issuer, client);

const element = (id: string) => document.getElementById(id) as HTMLElement;

function show(user: User | null): void {
  element('signed-out').hidden = user !== null;
  element('signed-in').hidden = user === null;
  element('tokens').hidden = user === null;
  document.title = user ? 'Signed in · Demo app' : 'Demo app';
  if (!user) return;
  const { name, email, sub } = user.profile;
  element('letter').textContent = (name || email || sub).slice(0, 1).toUpperCase();
  element('name').textContent = name || email || sub;
  element('email').textContent = name ? (email ?? '') : '';
  element('ends').textContent = user.expires_at ? timeOf(user.expires_at) : '';
  element('scope').textContent = user.scope ?? '';
  const refreshToken = user.refresh_token ? `${user.refresh_token.slice(0, 12)}…` : 'none';
  element('refresh-token').textContent = refreshToken;
  element('id-token').textContent = claimsOf(user.id_token);
  element('access-token').textContent = claimsOf(user.access_token);
  element('userinfo').textContent = pretty(user.profile);
}

const timeOf = (seconds: number) => new Date(seconds * 1000).toLocaleTimeString();
const pretty = (value: object) => JSON.stringify(value, null, 2);

/** For people to look at: the library has checked the ID token, and the access token is for an API to check. */
function claimsOf(token = ''): string {
  const [, payload = ''] = token.split('.');
  if (payload === '') return 'none';
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  return pretty(JSON.parse(new TextDecoder().decode(bytes)));
}

/** A button's work: its fault is shown, and said to who cannot see it. */
function onPress(id: string, work: () => Promise<User | null>): void {
  element(id).addEventListener('click', async (event) => {
    const button = event.currentTarget as HTMLButtonElement;
    button.disabled = true;
    await attempt(work);
    button.disabled = false;
  });
}

async function attempt(work: () => Promise<User | null>): Promise<void> {
  element('fault').hidden = true;
  try {
    show(await work());
  } catch (error) {
    element('fault-text').textContent = said(error);
    element('fault').hidden = false;
  }
}

/** What is shown until the next page is there. */
async function leaving(left: Promise<void>): Promise<null> {
  await left;
  return null;
}

function said(error: unknown): string {
  const { message, error: code } = error as { message?: string; error?: string };
  return code === 'access_denied' ? 'You pressed Cancel, so nobody is signed in.' : (message ?? String(error));
}

onPress('sign-in', () => leaving(signIn()));
onPress('create', () => leaving(signIn('create')));
onPress('refresh', async () => {
  const user = await refresh();
  element('status').textContent = 'The tokens are new.';
  return user;
});
onPress('sign-out', () => leaving(signOut()));

await attempt(async () => {
  show(null);
  return currentUser();
});
element('loading').hidden = true;
