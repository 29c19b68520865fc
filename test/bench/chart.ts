/** Draws the figures that have a target as bars, each beside its target. */
import { againstTarget, type Figure, shown } from './figure.ts';

const ROW = 28;
const LEFT = 430;
/** The target's place, the same on every row. */
const MARK = 160;
const WIDTH = 900;

export function chart(figures: readonly Figure[], machine: string): string {
  const rows = figures.flatMap((figure) => {
    const share = againstTarget(figure);
    return share === undefined ? [] : [{ ...figure, share }];
  });
  const height = ROW * (rows.length + 2);
  const bars = rows.map(({ what, value, unit, share }, index) => {
    const y = ROW * (index + 1);
    const length = Math.min(share * MARK, WIDTH - LEFT - 90);
    const color = share >= 1 ? '#15803d' : '#b45309';
    return `<text x="${LEFT - 8}" y="${y + 18}" text-anchor="end">${escapeXml(what)}</text>
<rect x="${LEFT}" y="${y + 5}" width="${length.toFixed(1)}" height="${ROW - 10}" fill="${color}"/>
<text x="${LEFT + length + 6}" y="${y + 18}">${shown(value)} ${unit}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="8" y="18">${escapeXml(machine)}; the line is what must hold</text>
${bars.join('\n')}
<line x1="${LEFT + MARK}" x2="${LEFT + MARK}" y1="${ROW}" y2="${height - ROW}" stroke="#111827"/>
</svg>
`;
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
