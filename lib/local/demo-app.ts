/** A single-page app of this machine alone, at `/`: it shows how a client of the service signs people in. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';
import { html } from '../../functions/domain/html.ts';
import { repoRoot } from '../build/folders.ts';
import type { OwnPages } from './gateway.ts';
import type { HttpAnswer } from './gateway-answer.ts';

/** The client of the local stage's settings. */
export const DEMO_CLIENT = 'demo';

const SCRIPT = '/demo.js';

/** Any name of this form is the stage's own sheet, with its brand (functions/routes/assets.ts). */
const STYLESHEET = '/assets/00000000000000000000.css';

export function demoApp(issuer: string, brand: { readonly name: string }): OwnPages {
  let script: Promise<string> | undefined;
  return async (method, path, origin) => {
    if (method !== 'GET' || (path !== '/' && path !== SCRIPT)) return undefined;
    // It is of the issuer's origin: nothing of another's may read its tokens, and its redirect URI is registered so.
    if (origin !== issuer) return { status: 303, headers: { location: `${issuer}${path}` }, body: '' };
    // Built when it is asked for: a start need not wait for it.
    script ??= builtScript();
    if (path === SCRIPT) return answer('text/javascript; charset=utf-8', await script);
    return { ...answer('text/html; charset=utf-8', page(issuer, brand.name)) };
  };
}

async function builtScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(repoRoot, 'lib/local/demo/app.ts')],
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    tsconfigRaw: {},
  });
  return outputFiles[0]?.text ?? '';
}

const answer = (type: string, body: string): HttpAnswer => ({
  status: 200,
  headers: {
    'content-type': type,
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'sha256-${hash}'; img-src data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  },
  body,
});

/** What the sheet of the pages has not: tokens want room, and a page that scrolls begins nearer to its top. */
const style = `
.card:has(#tokens:not([hidden])) { max-inline-size: 46rem; margin-block: clamp(24px, 6vh, 64px); }
pre { margin: 0; padding: 12px 16px; overflow: auto; font: .875rem/1.5 var(--mono); background: var(--n1); border: 1px solid var(--n3); border-radius: var(--radius-control); }
.facts { grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); }
.part { display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr); }
`;
const hash = createHash('sha256').update(style).digest('base64');

const page = (issuer: string, brand: string) =>
  `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Demo app</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${STYLESHEET}">
<style>${style}</style>
</head>
<body data-issuer="${issuer}" data-client="${DEMO_CLIENT}">
<div class="card">
<header class="brand"><span>${brand} demo app</span></header>
<main>
<div class="notice bad" id="fault" role="alert" hidden><p id="fault-text"></p></div>
<p class="soft" id="loading">One moment…</p>
<noscript><p>This app runs in the browser, so it needs a script. The pages where people sign in do not.</p></noscript>
<div class="stack" id="signed-out" hidden>
<h1>Try a sign-in</h1>
<p class="lead">This page is a client of the service on this machine: a single-page app with a stock library, which gets tokens and shows them to you.</p>
<div class="actions">
<button class="primary" type="button" id="sign-in">Sign in</button>
<button class="secondary" type="button" id="create">Create an account</button>
</div>
</div>
<div class="stack" id="signed-in" hidden>
<h1>You are signed in</h1>
<div class="who"><span class="letter" id="letter" aria-hidden="true"></span><span><strong class="long" id="name"></strong><span class="soft long" id="email"></span></span></div>
<div class="actions">
<button class="primary" type="button" id="refresh">Refresh the tokens</button>
<button class="secondary" type="button" id="sign-out">Sign out</button>
</div>
<p class="soft" id="status" role="status"></p>
</div>
<div class="stack" id="tokens" hidden>
<dl class="facts">
<div><dt>Access token until</dt><dd id="ends"></dd></div>
<div><dt>Scope</dt><dd id="scope"></dd></div>
<div><dt>Refresh token</dt><dd><code id="refresh-token"></code></dd></div>
</dl>
<section class="part"><h2 id="of-id">ID token: who signed in</h2><pre id="id-token" tabindex="0" aria-labelledby="of-id"></pre></section>
<section class="part"><h2 id="of-access">Access token: what an API checks</h2><pre id="access-token" tabindex="0" aria-labelledby="of-access"></pre></section>
<section class="part"><h2 id="of-userinfo">Claims, with those of userinfo</h2><pre id="userinfo" tabindex="0" aria-labelledby="of-userinfo"></pre></section>
</div>
</main>
</div>
<script type="module" src="${SCRIPT}"></script>
</body>
</html>
`.markup
  }`;
