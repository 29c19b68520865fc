/** The local KMS's operations on aliases. */
import type {
  CreateAliasCommandInput,
  DeleteAliasCommandInput,
  ListAliasesCommandInput,
  UpdateAliasCommandInput,
} from '@aws-sdk/client-kms';
import { type KeyStore, notPendingDeletion } from './kms-keys.ts';
import { page } from './kms-pages.ts';
import type { Wire } from './protocol.ts';
import { AwsError, type Operation } from './service.ts';
import { present } from './validation.ts';

/** KMS's quota per key. */
const aliasesPerKey = 50;

export function aliasOperations(store: KeyStore): Record<string, Operation> {
  function existing(name: string | undefined) {
    const alias = store.aliases().find((one) => one.name === validName(name));
    if (!alias) throw new AwsError('NotFoundException', `Alias ${store.arn(name ?? '')} is not found.`);
    return alias;
  }

  return {
    async CreateAlias(input: Wire<CreateAliasCommandInput>) {
      const name = validName(input.AliasName);
      const key = notPendingDeletion(store.byId(input.TargetKeyId), store);
      if (store.aliases().some((alias) => alias.name === name)) {
        throw new AwsError('AlreadyExistsException', `An alias with the name ${store.arn(name)} already exists`);
      }
      if (store.aliases().filter((alias) => alias.keyId === key.id).length >= aliasesPerKey) {
        throw new AwsError('LimitExceededException', `${store.arn(`key/${key.id}`)} has ${aliasesPerKey} aliases`);
      }
      store.add({ alias: { name, keyId: key.id, createdAt: store.now(), updatedAt: store.now() } });
      await store.save();
      return {};
    },

    async UpdateAlias(input: Wire<UpdateAliasCommandInput>) {
      const alias = existing(input.AliasName);
      const key = notPendingDeletion(store.byId(input.TargetKeyId), store);
      if (store.byId(alias.keyId).usage !== key.usage) {
        throw new AwsError('ValidationException', 'The current and the new key must have the same key usage');
      }
      alias.keyId = key.id;
      alias.updatedAt = store.now();
      await store.save();
      return {};
    },

    async DeleteAlias(input: Wire<DeleteAliasCommandInput>) {
      store.removeAlias(existing(input.AliasName).name);
      await store.save();
      return {};
    },

    ListAliases(input: Wire<ListAliasesCommandInput>) {
      const keyId = input.KeyId === undefined ? undefined : store.byId(input.KeyId).id;
      const aliases = store.aliases().filter((alias) => keyId === undefined || alias.keyId === keyId);
      const { items, ...rest } = page(aliases, (alias) => alias.name, input, { usual: 50, most: 100 });
      return {
        ...rest,
        Aliases: items.map((alias) => ({
          AliasName: alias.name,
          AliasArn: store.arn(alias.name),
          TargetKeyId: alias.keyId,
          CreationDate: alias.createdAt / 1000,
          LastUpdatedDate: alias.updatedAt / 1000,
        })),
      };
    },
  };
}

function validName(given: string | undefined): string {
  const name = present(given, 'aliasName');
  if (!name.startsWith('alias/')) {
    throw new AwsError('ValidationException', 'Alias must start with the prefix "alias/".');
  }
  if (name.startsWith('alias/aws/')) {
    throw new AwsError('NotAuthorizedException', 'The prefix alias/aws/ is reserved for AWS managed keys');
  }
  if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(name)) {
    throw new AwsError('InvalidAliasNameException', `${name} contains invalid characters for an alias`);
  }
  return name;
}
