/** The arguments of a script; what is wrong with them is said with how it is called. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** @throws Error of one line about what is wrong, and the usage below */
export function readArguments<const T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // What Node adds, about arguments that begin with a hyphen, is of no use here.
    const [wrong = ''] = (error as Error).message.split(/\. To specify|\.\n/);
    throw new Error(`${wrong}\n${usage}`);
  }
}
