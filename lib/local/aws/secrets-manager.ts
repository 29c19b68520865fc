/** The local Secrets Manager: secrets, their versions and the staging labels that move between them. */
import { randomUUID } from 'node:crypto';
import type {
  BatchGetSecretValueCommandInput,
  CreateSecretCommandInput,
  DeleteSecretCommandInput,
  DescribeSecretCommandInput,
  GetSecretValueCommandInput,
  ListSecretVersionIdsCommandInput,
  PutSecretValueCommandInput,
  UpdateSecretVersionStageCommandInput,
} from '@aws-sdk/client-secrets-manager';
import type { Wire } from './protocol.ts';
import { openSecretStore, type SecretStoreOptions, type StoredSecret } from './secret-store.ts';
import { addVersion, findVersion, moveLabel } from './secret-versions.ts';
import { AwsError, type AwsService } from './service.ts';
import { present, within } from './validation.ts';

const dayMs = 86_400_000;

/** @throws Error when the file of secrets cannot be read. */
export function secretsManagerService(options: SecretStoreOptions = {}): AwsService {
  const store = openSecretStore(options);
  const { now } = store;
  const identity = ({ arn, name }: StoredSecret) => ({ ARN: arn, Name: name });

  function readValue(input: Wire<GetSecretValueCommandInput>) {
    const secret = store.live(input.SecretId);
    const { value, ...version } = findVersion(secret, input.VersionId, input.VersionStage);
    return {
      ...identity(secret),
      ...value,
      VersionId: version.id,
      VersionStages: version.labels,
      CreatedDate: version.createdAt / 1000,
    };
  }

  return {
    id: 'secretsmanager',
    operations: {
      async CreateSecret(input: Wire<CreateSecretCommandInput>) {
        const name = validName(input.Name);
        const value = valueIn(input);
        const known = store.byName(name);
        if (known?.deleteAt) {
          throw new AwsError(
            'InvalidRequestException',
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
          );
        }
        // A repeated request, after its answer was lost, is no conflict.
        const isRetry = known?.versions.some((version) => version.id === input.ClientRequestToken);
        if (known && !isRetry) {
          throw new AwsError(
            'ResourceExistsException',
            `The operation failed because the secret ${name} already exists.`,
          );
        }
        const secret = known ?? store.create(name, input);
        if (!value) {
          await store.save();
          return identity(secret);
        }
        const version = addVersion(secret, token(input), value, ['AWSCURRENT'], now());
        await store.save();
        return { ...identity(secret), VersionId: version.id };
      },

      async PutSecretValue(input: Wire<PutSecretValueCommandInput>) {
        const secret = store.live(input.SecretId);
        const value = valueIn(input);
        if (!value) throw invalid('You must provide either SecretString or SecretBinary.');
        const version = addVersion(secret, token(input), value, input.VersionStages ?? ['AWSCURRENT'], now());
        await store.save();
        return { ...identity(secret), VersionId: version.id, VersionStages: version.labels };
      },

      GetSecretValue: readValue,

      BatchGetSecretValue(input: Wire<BatchGetSecretValueCommandInput>) {
        if (!input.SecretIdList || input.Filters) throw invalid('Only SecretIdList is supported here.');
        within(input.SecretIdList.length, 'secretIdList', 1, 20);
        const SecretValues: object[] = [];
        const Errors: object[] = [];
        for (const SecretId of input.SecretIdList) {
          try {
            SecretValues.push(readValue({ SecretId }));
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
          }
        }
        return { SecretValues, Errors };
      },

      DescribeSecret({ SecretId }: Wire<DescribeSecretCommandInput>) {
        const secret = store.find(SecretId);
        const labelled = secret.versions.filter((version) => version.labels.length > 0);
        return {
          ...identity(secret),
          Description: secret.description,
          Tags: secret.tags,
          CreatedDate: secret.createdAt / 1000,
          LastChangedDate: Math.max(secret.createdAt, ...secret.versions.map((one) => one.createdAt)) / 1000,
          ...(secret.deletedAt === null ? {} : { DeletedDate: secret.deletedAt / 1000 }),
          VersionIdsToStages: Object.fromEntries(labelled.map(({ id, labels }) => [id, labels])),
        };
      },

      ListSecretVersionIds({ SecretId, IncludeDeprecated }: Wire<ListSecretVersionIdsCommandInput>) {
        const secret = store.find(SecretId);
        const listed = secret.versions.filter(({ labels }) => IncludeDeprecated || labels.length > 0);
        return {
          ...identity(secret),
          Versions: listed.map(({ id, labels, createdAt }) => ({
            VersionId: id,
            VersionStages: labels,
            CreatedDate: createdAt / 1000,
          })),
        };
      },

      async UpdateSecretVersionStage(input: Wire<UpdateSecretVersionStageCommandInput>) {
        const secret = store.live(input.SecretId);
        const label = present(input.VersionStage, 'versionStage');
        moveLabel(secret, label, input.MoveToVersionId, input.RemoveFromVersionId);
        await store.save();
        return identity(secret);
      },

      async DeleteSecret(input: Wire<DeleteSecretCommandInput>) {
        if (input.ForceDeleteWithoutRecovery && input.RecoveryWindowInDays !== undefined) {
          throw invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
        }
        const days = within(input.RecoveryWindowInDays ?? 30, 'recoveryWindowInDays', 7, 30);
        const secret = store.live(input.SecretId);
        secret.deletedAt = now();
        secret.deleteAt = now() + (input.ForceDeleteWithoutRecovery ? 0 : days * dayMs);
        await store.save();
        return { ...identity(secret), DeletionDate: secret.deleteAt / 1000 };
      },
    },
  };
}

// The SDK's clients always send a token; a bare HTTP client may leave it out.
const token = (input: { ClientRequestToken?: string }) => input.ClientRequestToken ?? randomUUID();

function valueIn({
  SecretString,
  SecretBinary,
}: Pick<Wire<PutSecretValueCommandInput>, 'SecretString' | 'SecretBinary'>) {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalid("You can't specify both a binary secret value and a string secret value in the same secret.");
  }
  if (SecretString !== undefined) return { SecretString };
  return SecretBinary === undefined ? undefined : { SecretBinary };
}

function validName(name: string | undefined): string {
  if (/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(present(name, 'name'))) return name as string;
  throw new AwsError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
}

const invalid = (message: string) => new AwsError('InvalidParameterException', message);
