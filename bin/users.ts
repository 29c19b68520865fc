/** npm run users -- COMMAND …: what an operator does to accounts. Each file in bin/users is one command. */

import '../lib/command/closed-pipe.ts';
import { messageOf } from '../lib/operator/stage.ts';
import * as grantingAdmin from './users/grant-admin.ts';
import * as importing from './users/import.ts';
import * as resettingFactors from './users/reset-factors.ts';
import * as revokingAdmin from './users/revoke-admin.ts';

interface Command {
  /** The arguments after `npm run users -- `. */
  readonly usage: string;
  /** @throws Error of one line when the command fails */
  run(args: string[]): Promise<void>;
}

const commands: Readonly<Record<string, Command>> = {
  import: importing,
  'grant-admin': grantingAdmin,
  'revoke-admin': revokingAdmin,
  'reset-factors': resettingFactors,
};

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
try {
  if (!command) {
    const usages = Object.values(commands).map(({ usage }) => `  npm run users -- ${usage}`);
    throw new Error(`The commands are:\n${usages.join('\n')}`);
  }
  await command.run(args);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
