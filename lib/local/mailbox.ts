/** The local mailbox as a page: the mails, newest first, as their recipients would see them. */
import { html } from '../../functions/domain/html.ts';
import type { ControlAnswer } from './aws/endpoint.ts';
import type { SesMessage } from './aws/ses.ts';

/** Allows no scripts, no loading, no sending and no framing; only the styles that are in the mails. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

export function mailboxPage(messages: readonly SesMessage[]): ControlAnswer {
  const newestFirst = [...messages].reverse();
  const body = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local mailbox</title>
<style>
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
summary { padding: .5rem 0; cursor: pointer; }
iframe { width: 100%; height: 32rem; border: 1px solid #d1d5db; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<h1>Local mailbox</h1>
${newestFirst.length === 0 && html`<p>No mail yet.</p>`}
${newestFirst.map(({ Timestamp, Destination, Subject = '', Body }, index) => {
  const to = (Destination.ToAddresses ?? []).join(', ');
  return html`<details${index === 0 && html` open`}>
<summary><strong>${Subject}</strong> to ${to}, <time datetime="${Timestamp}">${Timestamp}</time></summary>
<iframe title="${Subject}" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${newTabs(Body?.html_part ?? '')}"></iframe>
<pre>${Body?.text_part ?? ''}</pre>
</details>
`;
})}
</main>
</body>
</html>
`;
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // It also holds for the mails: a frame made from srcdoc has the policy of the page around it.
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: `<!doctype html>\n${body.markup}`,
  };
}

/** A mail's links open in a new tab, not within the mail. */
const newTabs = (mail: string) => mail.replace('<head>', '<head><base target="_blank">');
