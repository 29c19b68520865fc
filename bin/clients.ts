/**
 * npm run clients -- list | show CLIENT | create FILE | change CLIENT FILE | rotate-secret CLIENT | drop-secret CLIENT |
 * remove CLIENT | new-token NAME DAYS | tokens | revoke-token TOKEN: OAuth clients of a stage, with --stage STAGE, or of the host that `npm start` runs. FILE has the client as
 * JSON, as the settings have one (lib/service/settings/clients.ts) or as `show` prints it; - is standard input. A secret is
 * printed once, when it is made.
 */
import { readFileSync } from 'node:fs';
import type { ClientId } from '../functions/domain/ids.ts';
import '../lib/command/closed-pipe.ts';
import { readArguments } from '../lib/command/read-arguments.ts';
import {
  allClients,
  type ClientOperator,
  changeClient,
  createClient,
  deleteClient,
  dropClientSecret,
  rotateClientSecret,
  showClient,
} from '../lib/operator/clients.ts';
import { operatorDatabase } from '../lib/operator/database.ts';
import { allTokens, newToken, revokeToken } from '../lib/operator/registration-tokens.ts';
import { messageOf, operatorStage } from '../lib/operator/stage.ts';

const USAGE =
  'npm run clients -- list | show CLIENT | create FILE | change CLIENT FILE | rotate-secret CLIENT | drop-secret CLIENT | ' +
  'remove CLIENT | new-token NAME DAYS | tokens | revoke-token TOKEN, each [--stage STAGE] [--json]';

async function main(): Promise<void> {
  const { positionals, values } = readArguments(USAGE, {
    allowPositionals: true,
    options: { stage: { type: 'string' }, json: { type: 'boolean' } },
  });
  const [command = '', ...rest] = positionals;
  const run = commands[command];
  if (!run || rest.length !== run.takes) throw new Error(USAGE);
  const settings = operatorStage(values.stage);
  const operator = { settings, database: await operatorDatabase(values.stage) };
  const result = await run.by(operator, rest[0] as ClientId, rest[1] ?? '');
  if (values.json || !run.lines) console.log(JSON.stringify(result, null, values.json ? undefined : 2));
  else for (const line of run.lines(result as never)) console.log(line);
}

interface Command {
  /** How many arguments it takes. */
  readonly takes: number;
  by(operator: ClientOperator, first: ClientId, second: string): Promise<unknown>;
  /** For people; left out, JSON is. */
  readonly lines?: (result: never) => string[];
}

const commands: Readonly<Record<string, Command | undefined>> = {
  list: {
    takes: 0,
    by: allClients,
    lines: (clients: Awaited<ReturnType<typeof allClients>>) =>
      clients.map(
        ({ client_id, kind, source, name }) =>
          `${client_id.padEnd(24)}  ${kind.padEnd(12)}  ${source.padEnd(12)}  ${name}`,
      ),
  },
  show: { takes: 1, by: showClient },
  create: { takes: 1, by: (operator, file) => createClient(operator, jsonIn(file)) },
  change: { takes: 2, by: (operator, client, file) => changeClient(operator, client, jsonIn(file)) },
  'rotate-secret': { takes: 1, by: rotateClientSecret },
  'drop-secret': {
    takes: 1,
    by: async (operator, client) => ({
      client_id: client,
      dropped: (await dropClientSecret(operator, client)) === undefined,
    }),
  },
  remove: {
    takes: 1,
    by: async (operator, client) => ({
      client_id: client,
      removed: (await deleteClient(operator, client)) === undefined,
    }),
  },
  'new-token': { takes: 2, by: (operator, name, days) => newToken(operator, name, days) },
  tokens: {
    takes: 0,
    by: allTokens,
    lines: (tokens: Awaited<ReturnType<typeof allTokens>>) =>
      tokens.map(({ token_id, expires_at, name }) => `${token_id}  ${expires_at}  ${name}`),
  },
  'revoke-token': {
    takes: 1,
    by: async (operator, token) => ({
      token_id: token,
      revoked: (await revokeToken(operator, token)) === undefined,
    }),
  },
};

function jsonIn(file: string): unknown {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file === '-' ? 'Standard input' : file} holds no JSON`);
  }
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
