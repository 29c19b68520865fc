/**
 * What a function may do, in the service's own terms. The deployment turns each capability into exact IAM actions and
 * the environment variables that belong to it (lib/aws); the local host only sets the variables (lib/local).
 *
 * | capability | AWS actions | environment |
 * |---|---|---|
 * | database | rds-data:ExecuteStatement, GetSecretValue of the application role's secret | DATABASE_CLUSTER_ARN,
 * DATABASE_SECRET_ARN, DATABASE_NAME |
 * | migrate | rds-data:* that migrations need, GetSecretValue of the owner's secret | the same, with the owner's secret
 * |
 * | sign | kms:Sign, kms:GetPublicKey, on the stage's signing keys | SIGNING_KEY_ALIASES |
 * | read-public-keys | kms:GetPublicKey, on the stage's signing keys | SIGNING_KEY_ALIASES |
 * | rotate-keys | the signing keys' lifecycle | SIGNING_KEY_ALIASES, ACCOUNT |
 * | put-events | events:PutEvents on the stage's bus | EVENT_BUS_NAME |
 * | send-email | ses:SendEmail from the stage's sender, with its configuration set | MAIL_CONFIGURATION_SET |
 * | keep-dead-letters | sqs:SendMessage to the function's own queue of dead letters | DEAD_LETTERS_URL |
 * | archive | s3:PutObject of new objects under the audit log's prefix | ARCHIVE_BUCKET, ARCHIVE_PREFIX |
 * | edge-secret | secretsmanager:GetSecretValue of the secret that the edge proves itself with | – |
 * | pictures | none: a layer of the function has the stage's logo and icon | PICTURES |
 * | trusted-issuers | none: a layer of the function has the issuers that the stage trusts | TRUSTED_ISSUERS |
 * | client-secrets | secretsmanager:GetSecretValue of the secrets of the settings' clients | – |
 * | secret:NAME | secretsmanager:GetSecretValue of that secret | SECRET_NAME_ARN, e.g. SECRET_REFRESH_CHAIN_ARN |
 */
export type Capability =
  | 'database'
  | 'migrate'
  | 'sign'
  | 'read-public-keys'
  | 'rotate-keys'
  | 'put-events'
  | 'send-email'
  | 'keep-dead-letters'
  | 'archive'
  | 'edge-secret'
  | 'client-secrets'
  | 'pictures'
  | 'trusted-issuers'
  | `secret:${SecretName}`;

/** The stage's secrets, each `{"key": "<43 characters of base64url>"}`: an HMAC key of 256 bits. */
export const secretNames = [
  'pseudonym',
  'refresh-chain',
  'one-time-token',
  'verification-code',
  'device',
  'browser',
  'totp',
  'recovery',
  'audit-pseudonym',
] as const;
export type SecretName = (typeof secretNames)[number];
