/** GET /.well-known/oauth-protected-resource, and the same of `/v1` (RFC 9728 §3): who gives tokens for this API. */
import { resourceMetadata } from '../../domain/protected-resource.ts';
import { documentAnswer, publicDocument } from '../../http/document.ts';
import { publicRoute } from '../../http/route.ts';
import { stageSettings } from '../../stage/settings.ts';

const { issuer } = stageSettings();
const documentOf = (path: '' | '/v1') => publicDocument(JSON.stringify(resourceMetadata(issuer, path)));
const ofHost = documentOf('');
const ofApi = documentOf('/v1');

export const handler = publicRoute({ cors: 'any' }, (request) =>
  documentAnswer(request, request.path.endsWith('/v1') ? ofApi : ofHost, 'public, max-age=3600'),
);
