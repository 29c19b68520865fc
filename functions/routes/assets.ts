/** GET /assets/{file}: what pages load. A file's name is of its content, so any cache may keep it for good. */
import { Problem } from '../domain/problem.ts';
import type { HttpAnswer } from '../http/messages.ts';
import { iconName, letterIcon, pictureName, stylesheetName } from '../http/page-files.ts';
import { PICTURE_POLICY } from '../http/page-policy.ts';
import { pageStyle } from '../http/page-style.ts';
import { publicRoute } from '../http/route.ts';
import { stagePicture } from '../stage/pictures.ts';
import { stageSettings } from '../stage/settings.ts';

const settings = stageSettings();
const { brand } = settings;
const stylesheet = pageStyle(settings);

const files = new Map<string, string | Buffer>([
  [stylesheetName(settings), stylesheet],
  [iconName(brand), brand.icon ? '' : letterIcon(brand)],
  ...[brand.logo, brand.logoDark, brand.icon].flatMap((picture) =>
    picture ? [[pictureName(picture), stagePicture(pictureName(picture))] as const] : [],
  ),
]);

const types = { css: 'text/css; charset=utf-8', svg: 'image/svg+xml', png: 'image/png' } as const;

const FOR_EVER = 'public, max-age=31536000, immutable';

export const handler = publicRoute({ cors: 'none' }, ({ pathParameters }): HttpAnswer => {
  const name = pathParameters.file ?? '';
  const body = files.get(name);
  if (body !== undefined) return fileAnswer(name, body, FOR_EVER);
  // While a deployment is under way, a page may name the sheet of another version: it has this one's look for so long.
  if (/^[0-9a-f]{20}\.css$/.test(name)) return fileAnswer(name, stylesheet, 'no-store');
  throw new Problem('RESOURCE_NOT_FOUND');
});

function fileAnswer(name: string, body: string | Buffer, cacheControl: string): HttpAnswer {
  const type = types[name.split('.').at(-1) as keyof typeof types];
  return {
    status: 200,
    headers: {
      'content-type': type,
      'cache-control': cacheControl,
      ...(type === types.css ? {} : { 'content-security-policy': PICTURE_POLICY }),
    },
    ...(typeof body === 'string' ? { body } : { body: body.toString('base64'), isBase64Encoded: true }),
  };
}
