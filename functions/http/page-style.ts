/** The stylesheet of a stage: that of all pages, and the few values in which its brand differs. */
import { text } from 'style:page';
import { readable, textOn } from '../domain/color.ts';
import { type Grounds, pageGrounds } from '../domain/page-grounds.ts';
import type { FileSettings } from './page-files.ts';

export function pageStyle({ brand: { accent, accentDark, radius }, mail }: FileSettings): string {
  const chosen = mail.buttonColor === accent ? mail.buttonTextColor : textOn(accent);
  return `${text}
:root{${themed(accent, chosen, pageGrounds.light)};--radius:${radius}px;--radius-control:${Math.round(radius * 0.75)}px}
@media(prefers-color-scheme:dark){:root{${themed(accentDark, textOn(accentDark), pageGrounds.dark)}}}
`;
}

/** A colour that mails were given before there were dark pages may be pale: links are darker then, and the button has an edge. */
function themed(accent: string, onAccent: string, { card, page, ink }: Grounds): string {
  const link = readable(accent, [card, page], ink);
  return [
    `--accent:${accent}`,
    `--on-accent:${onAccent}`,
    // A button that is pointed at goes away from the colour of its text.
    `--away:${textOn(onAccent) === '#000000' ? '#000' : '#fff'}`,
    `--link:${link}`,
    ...(link === accent ? [] : [`--edge:${link}`]),
  ].join(';');
}
