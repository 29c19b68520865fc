/** Every page of the service, by name. */
import { languages } from '../../../functions/domain/language.ts';
import { pages } from '../../../functions/http/page.ts';
import { iconName, letterIcon, pictureName, stylesheetName } from '../../../functions/http/page-files.ts';
import { pageStyle } from '../../../functions/http/page-style.ts';
import { readPicture } from '../../../lib/service/settings/picture.ts';
import { accountPages } from './accounts.ts';
import { byMailPages } from './by-mail.ts';
import type { Examples } from './examples.ts';
import { linkPages } from './links.ts';
import { oauthPages } from './oauth.ts';
import { ownAccountPages } from './own-account.ts';
import { stages } from './stage.ts';

export const examples: Examples = { ...oauthPages, ...accountPages, ...linkPages, ...ownAccountPages, ...byMailPages };

export interface Rendered {
  readonly name: string;
  readonly stage: string;
  readonly language: string;
  readonly html: string;
  readonly policy: string;
}

/** Each in each language; every other one in the other stage. */
export const rendered: readonly Rendered[] = await Promise.all(
  Object.entries(examples).flatMap(([name, make], index) =>
    languages.map(async (language) => {
      const stage = index % 2 === 0 ? 'plain' : 'branded';
      const { body, headers } = pages(stageOf(stage)).answer(language, await make(language));
      return { name, stage, language, html: String(body), policy: headers['content-security-policy'] ?? '' };
    }),
  ),
);

/** By the last part of its address, what a page loads. */
export function filesOf(stage: string): ReadonlyMap<string, { readonly type: string; readonly body: string | Buffer }> {
  const settings = stageOf(stage);
  const { brand } = settings;
  return new Map<string, { readonly type: string; readonly body: string | Buffer }>([
    [stylesheetName(settings), { type: 'text/css', body: pageStyle(settings) }],
    ['logo.svg', { type: 'image/svg+xml', body: letterIcon({ name: 'Klassboken', accent: '#636b78' }) }],
    [iconName(brand), { type: 'image/svg+xml', body: letterIcon(brand) }],
    ...[brand.logo, brand.logoDark].flatMap((picture) => {
      const read = picture && readPicture(picture.source);
      if (!picture || read instanceof Error || !read) return [];
      return [[pictureName(picture), { type: 'image/svg+xml', body: read.bytes }] as const];
    }),
  ]);
}

function stageOf(name: string) {
  const settings = stages[name];
  if (!settings) throw new Error(`no stage ${name}`);
  return settings;
}
