/** Colours in hexadecimal, `#rrggbb`, and how well one is read on another. */

/** WCAG 2.2, "contrast ratio": 1 to 21. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(one: string, other: string): number {
  const [light = 1, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** The least contrast of text, and of what shows where a control is (WCAG 2.2, 1.4.3 and 1.4.11). */
export const TEXT_CONTRAST = 4.5;
export const CONTROL_CONTRAST = 3;

/** Black or white, whichever is read better on it: one of the two always has a contrast of 4.58 or more. */
export const textOn = (color: string): '#000000' | '#ffffff' =>
  contrast(color, '#ffffff') >= TEXT_CONTRAST ? '#ffffff' : '#000000';

/** The colour itself where it is read as text on all of the grounds; else the nearest one on its way to `ink` that is. */
export function readable(color: string, grounds: readonly string[], ink: string): string {
  const shares = Array.from({ length: 21 }, (_, index) => index / 20);
  const isRead = (one: string) => grounds.every((ground) => contrast(one, ground) >= TEXT_CONTRAST);
  return shares.map((share) => mixed(color, ink, share)).find(isRead) ?? ink;
}

/** @param share of `other` in it */
const mixed = (color: string, other: string, share: number): string => {
  const [from, to] = [channels(color), channels(other)];
  const parts = from.map((value, index) => Math.round(value + ((to[index] ?? 0) - value) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
};

const channels = (hex: string): number[] => (hex.slice(1).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = channels(hex).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
