/**
 * npm run keys -- status | rotate | revoke KID, each with --stage STAGE for one on AWS; without, the host that
 * `npm start` runs. `revoke` says what it ends, and does it with --yes.
 */
import { parseArgs } from 'node:util';
import { keyOperator, revokeKey, rotateKeys, showKeys } from '../lib/operator-keys.ts';

const USAGE = 'npm run keys -- status | rotate | revoke KID [--yes] [--stage STAGE]';

try {
  const { positionals, values } = readArguments();
  const [command, kid, ...more] = positionals;
  const operator = keyOperator(values.stage);
  if (more.length === 0 && command === 'revoke' && kid) await revokeKey(operator, kid, values.yes ?? false);
  else if (command === 'status' && !kid) await showKeys(operator);
  else if (command === 'rotate' && !kid) await rotateKeys(operator);
  else throw new Error(USAGE);
} catch (error) {
  console.error(error instanceof Error ? error.message || error.name : error);
  process.exitCode = 1;
}

/** 256 bits in base64url: one key in 64 has an id that begins with a hyphen, which is no option. */
function isKeyId(argument: string): boolean {
  return /^[\w-]{43}$/.test(argument);
}

function readArguments() {
  const given = process.argv.slice(2);
  const args = [...given.filter((argument) => !isKeyId(argument)), '--', ...given.filter(isKeyId)];
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { yes: { type: 'boolean' }, stage: { type: 'string' } },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}
