/**
 * npm run keys -- status | rotate | revoke KID for signing keys, rotate SECRET | drop SECRET for HMAC keys. Each takes
 * --stage STAGE for a stage on AWS; without it, each works on the host that `npm start` runs. `revoke` and `drop` print
 * what they would end, and do it only with --yes.
 */
import { keyOperator, revokeKey, rotateKeys, showKeys } from '../lib/operator/keys.ts';
import { dropSecret, rotateSecret, secretOperator, showSecrets } from '../lib/operator/secrets.ts';
import '../lib/command/closed-pipe.ts';
import { readArguments } from '../lib/command/read-arguments.ts';
import { messageOf } from '../lib/operator/stage.ts';

const USAGE =
  'npm run keys -- status | rotate [SECRET] | revoke KID [--yes] | drop SECRET [--yes], each [--stage STAGE]';

try {
  const { positionals, values } = readOperation();
  const [command, subject, ...more] = positionals;
  const { stage, yes = false } = values;
  if (more.length > 0) throw new Error(USAGE);
  if (command === 'status' && !subject) {
    await showKeys(keyOperator(stage));
    await showSecrets(secretOperator(stage));
  } else if (command === 'rotate' && !subject) await rotateKeys(keyOperator(stage));
  else if (command === 'rotate' && subject) await rotateSecret(secretOperator(stage), subject);
  else if (command === 'revoke' && subject) await revokeKey(keyOperator(stage), subject, yes);
  else if (command === 'drop' && subject) await dropSecret(secretOperator(stage), subject, yes);
  else throw new Error(USAGE);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

/** A key id is 256 bits in base64url. One in 64 begins with a hyphen, and must not be read as an option. */
function isKeyId(argument: string): boolean {
  return /^[\w-]{43}$/.test(argument);
}

function readOperation() {
  const given = process.argv.slice(2);
  const args = [...given.filter((argument) => !isKeyId(argument)), '--', ...given.filter(isKeyId)];
  return readArguments(USAGE, {
    args,
    allowPositionals: true,
    options: { yes: { type: 'boolean' }, stage: { type: 'string' } },
  });
}
