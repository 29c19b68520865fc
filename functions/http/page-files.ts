/** The files that pages load, all of them our own: the stylesheet, the icon, the logo. A name is of one content for ever. */
import { createHash } from 'node:crypto';
import { hash as sheetHash } from 'style:page';
import { textOn } from '../domain/color.ts';
import { html } from '../domain/html.ts';
import type { ClientId } from '../domain/ids.ts';
import type { Settings } from '../domain/settings.ts';

export type Brand = Settings['brand'];
type Picture = NonNullable<Brand['logo']>;

export interface FileSettings {
  readonly brand: Brand;
  /** The text of its buttons may be a choice of the stage. */
  readonly mail: Pick<Settings['mail'], 'buttonColor' | 'buttonTextColor'>;
}

/** Where the route is, below the issuer. */
const FOLDER = 'assets';

/** Pages have it at the issuer, whatever host they are opened at: a proxy before the links may know the pages alone. */
export const fileUrl = (issuer: string, name: string): string => `${issuer}/${FOLDER}/${name}`;

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 20);

/** By what the sheet is made of, so that a page's function does not hold the sheet. */
export const stylesheetName = ({ brand, mail }: FileSettings): string => {
  const { accent, accentDark, radius } = brand;
  const { buttonColor, buttonTextColor } = mail;
  return `${shortHash([sheetHash, accent, accentDark, radius, buttonColor, buttonTextColor].join())}.css`;
};

/** Of a client's logo, which the service keeps (functions/routes/client-logo.ts). @param logo its hash */
export const clientLogoUrl = (issuer: string, clientId: ClientId, logo: string): string =>
  fileUrl(issuer, `clients/${Buffer.from(clientId).toString('base64url')}/${logo}`);

export const pictureName = ({ hash, type }: Picture): string => `${hash}.${type}`;

export const iconName = ({ icon, ...brand }: Brand): string =>
  icon ? pictureName(icon) : `${shortHash(letterIcon(brand))}.svg`;

/** The name's first letter in the accent colour: the icon of a brand that has none. */
export const letterIcon = ({ name, accent }: Pick<Brand, 'name' | 'accent'>): string =>
  html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${accent}"/><text x="16" y="22.5" text-anchor="middle" font-family="system-ui,sans-serif" font-size="19" font-weight="600" fill="${textOn(accent)}">${Array.from(name)[0]?.toUpperCase()}</text></svg>`
    .markup;
