/** Which HMAC keys a stage has. */
import { type SecretName, secretNames } from './capability.ts';
import type { StageSettings } from './config.ts';

/** Those that it has a use for. */
export const secretsOf = ({ deployment }: Pick<StageSettings, 'deployment'>): readonly SecretName[] =>
  secretNames.filter((name) => name !== 'audit-pseudonym' || deployment.auditExport !== undefined);
