/** Reads a script's arguments; an error about them includes the usage. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** @throws Error with one line about what is wrong, and the usage below it */
export function readArguments<const T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node adds a hint about arguments that begin with a hyphen; it is of no use here.
    const [wrong = ''] = (error as Error).message.split(/\. To specify|\.\n/);
    throw new Error(`${wrong}\n${usage}`);
  }
}
