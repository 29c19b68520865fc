/** What the apps of other languages are run by: installed and compiled below `.build`, once. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../lib/build/bundle.ts';

const examples = join(repoRoot, 'test/examples/clients');
const built = join(repoRoot, '.build/clients');

const isThere = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

/** A test whose language this machine lacks is skipped, and says so by that. */
export const has = { python: isThere('python3', '-m', 'venv', '--help'), go: isThere('go', 'version') };

/** The Python that has the packages of `requirements.txt`, in exactly those versions. */
export function pythonWith(app: string): string {
  const environment = join(built, app);
  const python = join(environment, 'bin/python');
  if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  const requirements = join(examples, app, 'requirements.txt');
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', requirements], { stdio: 'inherit' });
  return python;
}

/**
 * The program of an app's folder, by the versions of its `go.sum`.
 * @param target `tool` for one that is another's, which `go.mod` names; or a folder below
 */
export function goProgram(app: string, target: '.' | 'tool' | `./${string}` = '.'): string {
  mkdirSync(built, { recursive: true });
  const program = join(built, `${app}${target.startsWith('./') ? target.slice(1).replaceAll('/', '-') : ''}-program`);
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' };
  execFileSync('go', ['build', '-o', program, target], { cwd: join(examples, app), env, stdio: 'inherit' });
  return program;
}

export const exampleFile = (path: string): string => join(examples, path);
