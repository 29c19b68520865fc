/** The pseudonyms under which an id is in the exported audit log: how whoever may read the key finds a person there. */
import { keyVersion } from '../../functions/aws/secret-version.ts';
import { type AuditPseudonyms, auditPseudonyms } from '../../functions/domain/exported-entry.ts';
import { findSecret, type SecretOperator } from './secrets.ts';

/** By each version of the key that is not dropped, the newest first. @throws Error of one line where the stage exports nothing */
export async function knownPseudonyms(operator: SecretOperator): Promise<AuditPseudonyms[]> {
  const SecretId = await findSecret(operator, 'audit-pseudonym');
  if (!SecretId) throw new Error(`Stage ${operator.stage} exports no audit log: deployment.auditExport is not set`);
  const stages = ['AWSCURRENT', 'AWSPREVIOUS'] as const;
  const versions = await Promise.all(stages.map((stage) => keyVersion(operator.client, SecretId, stage)));
  return versions.flatMap((version) => (version ? [auditPseudonyms(version.key)] : []));
}
