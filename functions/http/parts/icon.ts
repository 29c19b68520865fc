/** Signs beside texts, which say the same. Drawn for 20 by 20 pixels; the stylesheet gives the colour. */
import { Html, html } from '../../domain/html.ts';

const strokes = {
  alert: '<circle cx="10" cy="10" r="8"/><path d="M10 6v4.5M10 13.6v.1"/>',
  check: '<path d="m4 10.5 4 4 8-9"/>',
  cross: '<path d="m5.5 5.5 9 9m0-9-9 9"/>',
  info: '<circle cx="10" cy="10" r="8"/><path d="M10 9.5V14M10 6.4v.1"/>',
  mail: '<rect x="2.5" y="4" width="15" height="12" rx="2"/><path d="m3 6 7 5 7-5"/>',
  clock: '<circle cx="10" cy="10" r="8"/><path d="M10 5.5V10l3 2"/>',
  person: '<circle cx="10" cy="6.8" r="3.3"/><path d="M3.5 17c.8-3.6 3.3-5.2 6.5-5.2s5.7 1.6 6.5 5.2"/>',
  away: '<path d="M8 4H4.5v12.5H17V13M11.5 3.5H17V9M17 3.5 9.5 11"/>',
  next: '<path d="m8 5 5 5-5 5"/>',
  eye: '<path d="M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10Z"/><circle cx="10" cy="10" r="2.5"/><path class="struck" d="m3.5 17 13-14"/>',
} as const;

export type IconName = keyof typeof strokes;

export const icon = (name: IconName, size = 20): Html =>
  html`<svg width="${String(size)}" height="${String(size)}" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${new Html(strokes[name])}</svg>`;
