import { createHash } from 'node:crypto';
import type { ClientMetadata } from './client-metadata.ts';

/** Of a document: of another one, whatever it says now, people are asked again. */
export const documentHash = (metadata: ClientMetadata): Buffer =>
  createHash('sha256').update(JSON.stringify(metadata)).digest();

/** Of all that people see of a client when they are asked: with another one, they are asked again. */
export const consentHash = (metadata: ClientMetadata): Buffer =>
  createHash('sha256')
    .update(
      JSON.stringify([
        metadata.name,
        metadata.logo_uri,
        metadata.client_uri,
        metadata.policy_uri,
        metadata.tos_uri,
        metadata.redirect_uris.toSorted(),
      ]),
    )
    .digest();
