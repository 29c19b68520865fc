/** GET /openapi.json: the API description, made when this was bundled. */
import { documentAnswer, publicDocument } from '../http/document.ts';
import { publicRoute } from '../http/route.ts';

// Replaced at bundling by the document of lib/openapi/description.ts.
const document = publicDocument(process.env.OPENAPI_DOCUMENT ?? '');

export const handler = publicRoute({}, (request) => documentAnswer(request, document, 'public, max-age=3600'));
