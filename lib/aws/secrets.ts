/** The stage's own secrets. Secrets Manager makes the values: they are in no template, output or environment. */
import { Validations } from 'aws-cdk-lib';
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { SecretName } from '../service/capability.ts';
import { clientsOf, namesWithSecrets } from '../service/clients.ts';
import type { StageSettings } from '../service/config.ts';
import { clientSecretPurpose, secretDescription } from '../service/environment.ts';
import { secretsOf } from '../service/secrets.ts';
import { encryptionKey, removalPolicy } from './retention.ts';

/**
 * 43 characters out of 62: 43 × log₂ 62 = 256.03 bits (S23). Each is drawn freely, since to require one of every kind
 * would take a little of that away.
 */
const key = { passwordLength: 43, excludePunctuation: true, requireEachIncludedType: false };

/** @returns the ARNs of the HMAC keys, each secret `{"key": "…"}` (functions/aws/hmac-keys.ts) */
export function makeKeySecrets(scope: Construct, settings: StageSettings): Record<SecretName, string> {
  const arns = secretsOf(settings).map((name) => {
    const generateSecretString = { ...key, secretStringTemplate: '{}', generateStringKey: 'key' };
    const secret = makeSecret(scope, name, `HMAC key ${name}`, generateSecretString, settings);
    acknowledgeNoSchedule(
      secret,
      'An operator rotates it (npm run keys); functions honour the version before it until it is dropped.',
    );
    return [name, secret.secretArn];
  });
  return Object.fromEntries(arns);
}

/**
 * The login of the role that the functions use, which cannot alter the schema (S55); the migrating job gives the role
 * this password.
 * @returns the ARN of the secret `{"username", "password"}`, as the Data API wants it
 */
export function makeApplicationSecret(scope: Construct, settings: StageSettings): string {
  // Roles belong to the whole cluster, which stages may share.
  const username = `identity_${settings.stage.replaceAll('-', '_')}`;
  const generateSecretString = {
    ...key,
    secretStringTemplate: JSON.stringify({ username }),
    generateStringKey: 'password',
  };
  const secret = makeSecret(
    scope,
    'ApplicationLogin',
    'Database login of the functions',
    generateSecretString,
    settings,
  );
  acknowledgeNoSchedule(
    secret,
    'An operator puts a new value and invokes the migrating job, which gives it to the role.',
  );
  return secret.secretArn;
}

/**
 * A secret for each client of the settings that shows one: `{"client_id", "client_secret"}`, for the service that is the
 * client to read. The job apply-clients keeps its hash.
 * @returns their ARNs, by the clients' ids
 */
export function makeClientSecrets(scope: Construct, settings: StageSettings): Record<string, string> {
  const { service, deployment } = settings;
  const arns = namesWithSecrets(clientsOf(deployment.clients, service)).map((clientId) => {
    const generateSecretString = {
      ...key,
      secretStringTemplate: JSON.stringify({ client_id: clientId }),
      generateStringKey: 'client_secret',
    };
    const secret = makeSecret(
      scope,
      `client-${clientId}`,
      clientSecretPurpose(clientId),
      generateSecretString,
      settings,
    );
    acknowledgeNoSchedule(secret, 'An operator rotates it (npm run clients); the one before counts meanwhile.');
    return [clientId, secret.secretArn];
  });
  return Object.fromEntries(arns);
}

function makeSecret(
  scope: Construct,
  id: string,
  purpose: string,
  generateSecretString: SecretStringGenerator,
  { stage, deployment }: StageSettings,
): Secret {
  return new Secret(scope, id, {
    ...encryptionKey(scope, `${id}Key`, deployment),
    description: secretDescription(stage, purpose),
    generateSecretString,
    removalPolicy: removalPolicy(deployment),
  });
}

function acknowledgeNoSchedule(secret: Secret, reason: string): void {
  Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason });
}
