/** GET /.well-known/webauthn: pages of which origins may use the passkeys of this domain (WebAuthn L3 §5.11.1). */
import { Problem } from '../../domain/problem.ts';
import { relatedOrigins } from '../../domain/webauthn/relying-party.ts';
import { documentAnswer, publicDocument } from '../../http/document.ts';
import { publicRoute } from '../../http/route.ts';
import { stageSettings } from '../../stage/settings.ts';

const origins = relatedOrigins(stageSettings());
const document = origins && publicDocument(JSON.stringify({ origins }));

export const handler = publicRoute({}, (request) => {
  if (!document) throw new Problem('RESOURCE_NOT_FOUND', { detail: 'This service has no passkeys.' });
  return documentAnswer(request, document, 'public, max-age=3600');
});
