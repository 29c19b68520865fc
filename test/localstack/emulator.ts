/**
 * The emulator of AWS that the stack is deployed to: ministack (MIT), in Python, without Docker. It runs Lambda functions
 * as processes of this machine's Node, and hands them its own environment: that is how they learn where the RDS Data API
 * is, which it does not have for PostgreSQL without Docker.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDirectory } from '../../lib/command/make-directory.ts';
import { until } from '../support/await-condition.ts';
import { run, type Server, startServer } from './program.ts';

/** Pinned: what it supports changes from one release to the next. */
const PACKAGES = ['ministack==1.5.33', 'cryptography'];

const STARTER = fileURLToPath(new URL('start-emulator.py', import.meta.url));

/** @returns why there can be no emulator on this machine; undefined when there can */
export async function whyNoEmulator(): Promise<string | undefined> {
  try {
    await run('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']);
    return undefined;
  } catch {
    return 'python3 (3.10 or later, with venv) is not here';
  }
}

/**
 * Installs the emulator into a virtual environment of its own, once.
 * @returns the Python that has it
 */
export async function installEmulator(directory: string): Promise<string> {
  const python = join(directory, 'bin', 'python3');
  if (existsSync(join(directory, 'bin', 'ministack'))) return python;
  await run('python3', ['-m', 'venv', '--clear', directory]);
  await run(join(directory, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
  return python;
}

export interface Emulator extends Server {
  readonly url: string;
  /** Makes no stage of an API during the work. */
  refuseLast(work: () => Promise<void>): Promise<void>;
}

/**
 * Starts it and resolves when it answers.
 * @param work a folder for all that it writes
 * @param dataApiUrl where its functions find the RDS Data API
 */
export async function startEmulator(
  python: string,
  { port, work, dataApiUrl }: { readonly port: number; readonly work: string; readonly dataApiUrl: string },
): Promise<Emulator> {
  const url = `http://127.0.0.1:${port}`;
  const temporary = join(work, 'tmp');
  makeDirectory(temporary);
  const server = startServer(python, [STARTER], join(work, 'emulator.log'), {
    cwd: work,
    env: {
      PATH: process.env.PATH,
      HOME: work,
      TMPDIR: temporary,
      TZ: 'UTC',
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      S3_DATA_DIR: join(work, 's3'),
      LAMBDA_EXECUTOR: 'local',
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      AWS_ENDPOINT_URL_RDS_DATA: dataApiUrl,
    },
  });
  try {
    await until('the emulator answers', async () => {
      if (!server.running()) throw new Error(`the emulator has ended; see ${join(work, 'emulator.log')}`);
      return fetch(`${url}/_ministack/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    ...server,
    url,
    async refuseLast(during) {
      const fault = join(work, 'refused');
      await writeFile(fault, '');
      await during();
      await rm(fault);
    },
  };
}
