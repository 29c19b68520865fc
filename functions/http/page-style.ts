/** How the pages look: one sheet for all, dark where the reader has it dark. */
import type { Settings } from '../domain/settings.ts';

export type PageColors = Pick<Settings['mail'], 'buttonColor' | 'buttonTextColor'>;

export const pageStyle = ({ buttonColor, buttonTextColor }: PageColors): string => `
:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --card: #fff; --text: #1f2937; --soft: #4b5563; --line: #6b7280;
  --ring: #1d4ed8; --danger: #b91c1c; --fault: #7f1d1d; --fault-ground: #fee2e2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111827; --card: #1f2937; --text: #f3f4f6; --soft: #d1d5db; --line: #9ca3af;
    --ring: #93c5fd; --danger: #fca5a5; --fault: #fecaca; --fault-ground: #7f1d1d;
  }
}
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; max-width: 28rem; margin: 10vh auto; padding: 2rem; background: var(--card); border-radius: .5rem; overflow-wrap: anywhere; }
@media (max-width: 30rem) { main { margin: 0 auto; min-height: 100vh; padding: 1.5rem 1rem; border-radius: 0; } }
h1 { margin: 0 0 1rem; font-size: 1.75rem; font-weight: 600; line-height: 1.25; }
p { margin: 0 0 1rem; }
.brand { margin: 0 0 1.5rem; font-weight: 600; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; min-height: 2.75rem; margin: .5rem 0; padding: .5rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .375rem; }
input[readonly] { color: var(--soft); border-style: dashed; }
input[aria-invalid] { border: 2px solid var(--danger); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; }
button, .button { box-sizing: border-box; min-height: 2.75rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: ${buttonTextColor}; background: ${buttonColor}; border: 1px solid transparent; border-radius: .375rem; cursor: pointer; }
.button.secondary { color: inherit; background: transparent; border-color: var(--line); }
button.danger { color: var(--danger); background: transparent; border-color: currentColor; }
button.plain { padding: .5rem 0; font-size: .875rem; color: inherit; background: transparent; text-decoration: underline; text-underline-offset: .2em; }
button.plain[aria-pressed=true] { text-decoration-style: double; }
:focus-visible { outline: 2px solid var(--ring); outline-offset: 2px; }
.hint { margin: 0; color: var(--soft); font-size: .875rem; }
form + .hint { margin-top: 1.5rem; }
p.fault { display: flex; gap: .75rem; margin: .25rem 0 .5rem; padding: .75rem; color: var(--fault); background: var(--fault-ground); border-radius: .375rem; }
.fault::before { content: "!" / ""; flex: none; width: 1.5rem; text-align: center; font-weight: 600; color: var(--fault-ground); background: var(--fault); border-radius: 50%; height: 1.5rem; }
`;
