/** The pseudonyms under which an id is in the exported audit log: how whoever may read the key finds a person there. */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type AuditPseudonyms, auditPseudonyms } from '../../functions/domain/exported-entry.ts';
import { findSecret, type SecretOperator } from './secrets.ts';

/** By each version of the key that is not dropped, the newest first. @throws Error of one line where the stage exports nothing */
export async function knownPseudonyms(operator: SecretOperator): Promise<AuditPseudonyms[]> {
  const SecretId = await findSecret(operator, 'audit-pseudonym');
  if (!SecretId) throw new Error(`Stage ${operator.stage} exports no audit log: deployment.auditExport is not set`);
  const versions = await Promise.all(
    ['AWSCURRENT', 'AWSPREVIOUS'].map(async (VersionStage) => {
      const command = new GetSecretValueCommand({ SecretId, VersionStage });
      return operator.client.send(command).catch((error: Error) => {
        // A secret has no previous version before its first rotation, and after that version was dropped.
        if (VersionStage === 'AWSPREVIOUS' && error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      });
    }),
  );
  return versions.flatMap((version) =>
    version ? [auditPseudonyms(Buffer.from(JSON.parse(version.SecretString ?? '{}').key))] : [],
  );
}
