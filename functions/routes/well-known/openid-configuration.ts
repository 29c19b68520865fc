/** GET /.well-known/openid-configuration (OpenID Connect Discovery 1.0 §4) */
import { discovery } from '../../domain/discovery.ts';
import { documentAnswer, publicDocument } from '../../http/document.ts';
import { publicRoute } from '../../http/route.ts';
import { environmentIfSet, stageSettings } from '../../stage/settings.ts';

const document = publicDocument(
  JSON.stringify(discovery(stageSettings(), environmentIfSet('TRUSTED_ISSUERS') !== undefined)),
);

export const handler = publicRoute({ cors: 'any' }, (request) =>
  documentAnswer(request, document, 'public, max-age=3600'),
);
