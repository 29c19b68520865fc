/** The environment variables of a function, from its capabilities: the same names and rules on both hosts. */
import type { Capability, SecretName } from './capability.ts';
import type { FunctionSpec } from './functions.ts';

/** The resources that the host has made. On AWS the values are CloudFormation tokens. */
export interface Resources {
  /** The checked service settings, as JSON. */
  readonly settings: string;
  /** The API's base URL without a trailing slash: `iss` of every token. */
  readonly issuer: string;
  readonly stage: string;
  /** The account as a principal: `arn:aws:iam::111122223333:root`. */
  readonly account: string;
  readonly database: {
    readonly clusterArn: string;
    readonly name: string;
    /** The login of the role that owns the schema. */
    readonly ownerSecretArn: string;
    /** The login of the application's role, which cannot alter the schema (S55). */
    readonly applicationSecretArn: string;
  };
  /** The secrets that the edge proves itself with, at one time or another; undefined when the API has no edge. */
  readonly edgeSecretArns?: readonly string[];
  /** SHA-256 of the value of each, hexadecimal, with commas between them. */
  readonly edgeSecretDigests?: string;
  /** The secrets of the settings' clients, by the clients' ids. */
  readonly clientSecretArns: Readonly<Record<string, string>>;
  /** The customer-managed key that encrypts secrets, if the stage has one. */
  readonly keyArn?: string;
  readonly eventBusName: string;
  /** Where the audit log is exported to, in a stage that does so. */
  readonly archive?: Archive;
  /** The folder with the stage's logo and icon, in a stage that has any (lib/service/pictures.ts). */
  readonly pictures?: string;
  /** The folder with the issuers that the stage trusts, where it trusts any (lib/service/trusted-issuers.ts). */
  readonly trustedIssuers?: string;
  /** The function's own queue of dead letters, where it has one. */
  readonly deadLettersUrl?: string;
  readonly secretArns: Readonly<Record<SecretName, string>>;
}

export interface Archive {
  readonly bucketName: string;
  /** The account that owns the bucket. */
  readonly account: string;
  /** Of the objects' keys, without a slash at its end. */
  readonly prefix: string;
  /** The customer-managed key that encrypts the bucket, if one does. */
  readonly keyArn?: string;
}

/** The prefix of a stage's key aliases: `alias/identity-dev/`, followed by `next`, `active` or `previous`. */
export const signingKeyAliases = (stage: string) => `alias/identity-${stage}/`;

/** The SES configuration set that holds a stage's sending options and metrics. */
export const mailConfigurationSet = (stage: string) => `identity-${stage}`;

/** The description by which a stage's secret is found, because CloudFormation makes its name. */
export const secretDescription = (stage: string, purpose: string) => `Identity service, stage ${stage}: ${purpose}`;

/** What a client's secret is, beside its stage: {@link secretDescription}. */
export const clientSecretPurpose = (clientId: string) => `Secret of the client ${clientId}`;

export function environmentOf(spec: FunctionSpec, resources: Resources): Record<string, string> {
  return {
    SETTINGS: resources.settings,
    ISSUER: resources.issuer,
    STAGE: resources.stage,
    ...(resources.edgeSecretDigests === undefined ? {} : { EDGE_SECRET_SHA256: resources.edgeSecretDigests }),
    ...Object.assign({}, ...spec.may.map((capability) => variablesOf(capability, resources))),
  };
}

function variablesOf(capability: Capability, { database, ...resources }: Resources): Record<string, string> {
  switch (capability) {
    case 'database':
    case 'migrate':
      return {
        DATABASE_CLUSTER_ARN: database.clusterArn,
        DATABASE_NAME: database.name,
        ...(capability === 'database'
          ? { DATABASE_SECRET_ARN: database.applicationSecretArn }
          : { DATABASE_SECRET_ARN: database.ownerSecretArn, APPLICATION_SECRET_ARN: database.applicationSecretArn }),
      };
    case 'sign':
    case 'read-public-keys':
      return { SIGNING_KEY_ALIASES: signingKeyAliases(resources.stage) };
    case 'rotate-keys':
      return { SIGNING_KEY_ALIASES: signingKeyAliases(resources.stage), ACCOUNT: resources.account };
    case 'put-events':
      return { EVENT_BUS_NAME: resources.eventBusName };
    case 'edge-secret':
    case 'client-secrets':
      return {};
    case 'pictures':
      return resources.pictures === undefined ? {} : { PICTURES: resources.pictures };
    case 'trusted-issuers':
      return resources.trustedIssuers === undefined ? {} : { TRUSTED_ISSUERS: resources.trustedIssuers };
    case 'keep-dead-letters':
      return { DEAD_LETTERS_URL: resources.deadLettersUrl ?? '' };
    case 'archive':
      return { ARCHIVE_BUCKET: resources.archive?.bucketName ?? '', ARCHIVE_PREFIX: resources.archive?.prefix ?? '' };
    case 'send-email':
      return { MAIL_CONFIGURATION_SET: mailConfigurationSet(resources.stage) };
    default: {
      const name = capability.slice('secret:'.length) as SecretName;
      return { [secretVariable(name)]: resources.secretArns[name] };
    }
  }
}

/** `refresh-chain` → `SECRET_REFRESH_CHAIN_ARN`. */
export const secretVariable = (name: SecretName) => `SECRET_${name.toUpperCase().replaceAll('-', '_')}_ARN`;
