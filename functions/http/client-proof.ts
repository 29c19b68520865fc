/** The DPoP proof that a client shows beside who it is (RFC 9449 §5, §10.1). */
import type { AuthenticatedClient } from '../domain/client-credentials.ts';
import { useOfProof } from '../domain/dpop-proof.ts';
import { Problem } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import { readProof, TokenError } from '../packages/verify/index.ts';
import type { RawRequest } from './messages.ts';

/**
 * @returns the client with its key, and with what counts once
 * @throws Problem DPOP_PROOF_INVALID
 */
export async function withProof(
  { headers: { dpop }, method, path, context: { now } }: RawRequest,
  client: AuthenticatedClient,
  { issuer }: Pick<Settings, 'issuer'>,
): Promise<AuthenticatedClient> {
  if (dpop === undefined) return client;
  try {
    const proof = await readProof(dpop, { method, url: `${issuer}${path}`, now });
    return { ...client, jkt: proof.jkt, shown: [...client.shown, useOfProof(proof)] };
  } catch (error) {
    throw error instanceof TokenError ? proofProblem(error) : error;
  }
}

export const proofProblem = ({ message }: TokenError): Problem =>
  new Problem('DPOP_PROOF_INVALID', { detail: sentence(message) });

/** What packages say of a token, as people read it. */
export const sentence = (message: string): string => `${message[0]?.toUpperCase()}${message.slice(1)}.`;
