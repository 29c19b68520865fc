/** Settings of how pages and mails look: a name, two colours, a logo, a radius. The rest follows from them. */
import { z } from 'zod';
import { contrast, readable, TEXT_CONTRAST } from '../../../functions/domain/color.ts';
import { pageGrounds } from '../../../functions/domain/page-grounds.ts';
import { type Picture, pictureFault, readPicture } from './picture.ts';

export const color = z.string().regex(/^#[0-9a-f]{6}$/i, 'six hexadecimal digits after #');

export const brandName = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^\P{Cc}+$/u, 'no control characters');

/** Links are text in it, and the focus ring and the button are made of it. */
const readableColor = (theme: 'light' | 'dark') =>
  color.superRefine((value, context) => {
    for (const [name, ground] of Object.entries(pageGrounds[theme])) {
      if (name === 'ink' || !/^#[0-9a-f]{6}$/i.test(value)) continue;
      const ratio = contrast(value, ground);
      if (ratio >= TEXT_CONTRAST) continue;
      context.addIssue({
        code: 'custom',
        message: `${value} has a contrast of ${(Math.floor(ratio * 10) / 10).toFixed(1)} to 1 with the ${theme} ${name} (${ground}); links in it are read from 4.5 to 1`,
      });
    }
  });

const page = z.url({ protocol: /^https?$/ });

/** As functions get it: facts, since the file itself does not fit into their environment. */
const parsedPicture = z.strictObject({ source: z.string(), type: z.string(), hash: z.string(), ratio: z.number() });

/**
 * An SVG or PNG: a file, by its path from where the command runs, or a `data:` URL. What was parsed before is parsed
 * again from its source.
 */
const picture = z.union([z.string(), parsedPicture]).transform((given, context): Picture => {
  const source = typeof given === 'string' ? given : given.source;
  const read = readPicture(source);
  const fault = read instanceof Error ? read.message : pictureFault(read);
  if (fault === undefined && !(read instanceof Error)) return read.facts;
  context.addIssue({ code: 'custom', message: fault ?? 'cannot be read' });
  return z.NEVER;
});

export const brandSettings = {
  brand: z
    .strictObject({
      /** The name that people read on pages and in mails. */
      name: brandName.optional(),
      /** The colour of buttons, links and the focus ring, on light pages and on dark ones; the second follows the first. */
      accent: readableColor('light').optional(),
      accentDark: readableColor('dark').optional(),
      /** Of cards, in pixels; that of controls follows. */
      radius: z.int().min(0).max(24).default(8),
      /** In the place of the name, at most 32 pixels high. `logoDark` is for dark pages. */
      logo: picture.optional(),
      logoDark: picture.optional(),
      /** A square one for the browser's tab; by default the name's first letter in the accent colour. */
      icon: picture.optional(),
      /** At the foot of each page. `supportUrl` may be `mailto:`. */
      termsUrl: page.optional(),
      privacyUrl: page.optional(),
      supportUrl: z.url({ protocol: /^(https?|mailto)$/ }).optional(),
    })
    .prefault({}),
};

interface Given {
  readonly brand: {
    readonly name?: string | undefined;
    readonly accent?: string | undefined;
    readonly accentDark?: string | undefined;
  };
  readonly mail: {
    readonly brandName?: string | undefined;
    readonly buttonColor?: string | undefined;
    readonly buttonTextColor?: string | undefined;
  };
}

const DEFAULTS = { name: 'HuleEdu', accent: '#1d4ed8', accentDark: '#8db4ff' };

/**
 * What was given once serves both: `mail.brandName` and `mail.buttonColor`, which are older, are the brand's where it has
 * none; the brand's are those of mails unless mails have their own.
 */
export function completeBrand<S extends Given>(settings: S) {
  const { brand, mail } = settings;
  const name = brand.name ?? mail.brandName ?? DEFAULTS.name;
  const accent = brand.accent ?? mail.buttonColor ?? DEFAULTS.accent;
  const { card, page: ground, ink } = pageGrounds.dark;
  const derived = accent === DEFAULTS.accent ? DEFAULTS.accentDark : readable(accent, [card, ground], ink);
  return {
    ...settings,
    brand: { ...brand, name, accent, accentDark: brand.accentDark ?? derived },
    mail: { ...mail, brandName: mail.brandName ?? name, ...buttonColors(mail, accent) },
  };
}

function buttonColors({ buttonColor, buttonTextColor }: Given['mail'], accent: string) {
  const color = buttonColor ?? accent;
  const best = contrast(color, '#ffffff') >= TEXT_CONTRAST ? '#ffffff' : '#000000';
  return { buttonColor: color, buttonTextColor: buttonTextColor ?? best };
}
