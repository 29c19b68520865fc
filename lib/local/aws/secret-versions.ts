/** Versions of a secret and their staging labels: how AWSCURRENT moves, and AWSPREVIOUS follows it. */
import type { SecretValue, SecretVersion, StoredSecret } from './secret-store.ts';
import { AwsError } from './service.ts';

/**
 * Adds a version, or finds the version that the same request made before.
 * @throws AwsError ResourceExistsException when a version with this token has another value
 */
export function addVersion(
  secret: StoredSecret,
  id: string,
  value: SecretValue,
  labels: readonly string[],
  createdAt: number,
): SecretVersion {
  const known = secret.versions.find((version) => version.id === id);
  if (known) {
    if (JSON.stringify(known.value) === JSON.stringify(value)) return known;
    throw new AwsError(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const version: SecretVersion = { id, value, createdAt, labels: [] };
  // The first version is current, whatever labels it was given.
  const all = secret.versions.length === 0 ? new Set([...labels, 'AWSCURRENT']) : new Set(labels);
  secret.versions.push(version);
  for (const label of all) attach(secret, label, version);
  return version;
}

/** @throws AwsError ResourceNotFoundException, InvalidRequestException */
export function findVersion(secret: StoredSecret, id: string | undefined, label: string | undefined): SecretVersion {
  const stage = label ?? 'AWSCURRENT';
  const version = secret.versions.find((one) => (id === undefined ? one.labels.includes(stage) : one.id === id));
  if (!version) {
    const which = id === undefined ? `staging label: ${stage}` : `VersionId: ${id}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${which}`,
    );
  }
  if (label !== undefined && !version.labels.includes(label)) {
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  return version;
}

/**
 * Moves, attaches or removes a label. The caller names the version that loses the label, which prevents a race.
 * @throws AwsError InvalidParameterException, ResourceNotFoundException
 */
export function moveLabel(secret: StoredSecret, label: string, to: string | undefined, from: string | undefined): void {
  const holder = secret.versions.find((version) => version.labels.includes(label));
  const target = to === undefined ? undefined : findVersion(secret, to, undefined);
  if (holder && holder !== target && holder.id !== from) {
    throw new AwsError(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ` +
        `${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (from !== undefined && holder?.id !== from) {
    throw new AwsError(
      'InvalidParameterException',
      `Staging label ${label} is not attached to version ${from} given in RemoveFromVersionId.`,
    );
  }
  if (target) {
    attach(secret, label, target);
    return;
  }
  if (label === 'AWSCURRENT') {
    throw new AwsError(
      'InvalidParameterException',
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  }
  detach(holder, label);
}

function attach(secret: StoredSecret, label: string, target: SecretVersion): void {
  const holder = secret.versions.find((version) => version.labels.includes(label));
  if (holder === target) return;
  detach(holder, label);
  target.labels.push(label);
  if (label === 'AWSCURRENT' && holder) attach(secret, 'AWSPREVIOUS', holder);
}

function detach(version: SecretVersion | undefined, label: string): void {
  if (version) version.labels = version.labels.filter((one) => one !== label);
}
