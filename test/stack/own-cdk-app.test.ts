/**
 * README's example as a program of its own: a plain CDK app in another folder, with this package beside it as `npm run build`
 * leaves it. Its process may neither open a connection, nor start another program, nor load esbuild.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { repoRoot, tokenAuthorizerRoot } from '../../lib/build/folders.ts';
import { scriptVariables } from '../support/script.ts';
import { functionsIn, prod } from './synthesized.ts';

const EXAMPLE = join(repoRoot, 'test', 'examples', 'own-cdk-app.ts');
const refusals = `
import childProcess from 'node:child_process';
import dns from 'node:dns';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
const refused = (what) => () => { throw new Error('refused: ' + what); };
net.Socket.prototype.connect = refused('a connection');
dns.lookup = refused('a look-up');
for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'exec', 'execSync', 'fork']) childProcess[name] = refused(name);
syncBuiltinESMExports();
registerHooks({
  resolve: (specifier, context, next) => (specifier === 'esbuild' ? refused('esbuild')() : next(specifier, context)),
});
`;

describe('README’s example', () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-cdk-app-'));
  const out = join(folder, 'out');
  const inFolder = (...path: string[]) => {
    const full = join(folder, ...path);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  const synthesize = () =>
    execFileSync(process.execPath, ['--import', join(folder, 'refusals.mjs'), join(folder, 'app', 'app.ts')], {
      cwd: join(folder, 'elsewhere'),
      // Without CDK's own check of templates, which is two thirds of a synthesis: validated.test.ts has it.
      env: { ...scriptVariables(), CDK_OUTDIR: out, CDK_VALIDATION: 'false' },
      stdio: 'pipe',
      encoding: 'utf8',
    });

  beforeAll(() => {
    for (const name of ['lib', 'functions', 'package.json'])
      cpSync(join(repoRoot, name), inFolder('identity', name), { recursive: true });
    symlinkSync(join(repoRoot, 'node_modules'), inFolder('identity', 'node_modules'));
    symlinkSync(tokenAuthorizerRoot, inFolder('identity', '.build', 'token-authorizer'));
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'refusals.mjs'), refusals);
    cpSync(EXAMPLE, inFolder('app', 'app.ts'));
    writeFileSync(join(folder, 'app', 'package.json'), '{ "type": "module" }');
    for (const name of ['aws-cdk-lib', 'constructs'])
      symlinkSync(join(repoRoot, 'node_modules', name), inFolder('app', 'node_modules', name));
    symlinkSync(join(folder, 'identity'), inFolder('app', 'node_modules', '@huleedu', 'identity'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says which file is not there before npm run build, and what makes it', () => {
    expect(synthesize).toThrow(/identity\/\.build\/functions\/[\w-]+\/index\.mjs is not there: npm run build makes it/);
  });

  it('synthesizes without a network, another program or esbuild, from any folder', () => {
    symlinkSync(inject('bundles'), inFolder('identity', '.build', 'functions'));
    synthesize();
    const templates = ['SchoolEdge', 'School'].map((name) =>
      JSON.parse(readFileSync(join(out, `${name}.template.json`), 'utf8')),
    );
    const types = templates.map(({ Resources }) => Object.values<{ Type: string }>(Resources).map(({ Type }) => Type));
    expect(types[0]).toContain('AWS::WAFv2::WebACL');
    expect(types[1]?.filter((type) => type === 'AWS::CloudFormation::Stack')).toHaveLength(1);
  });

  it('takes the functions as they were built, each by what is in it', () => {
    const { files } = JSON.parse(readFileSync(join(out, 'School.assets.json'), 'utf8'));
    const paths = Object.values<{ source: { path: string } }>(files).map(({ source }) => join(out, source.path));
    const bundles = paths.filter((path) => existsSync(join(path, 'index.mjs')));
    const built = functionsIn(prod).map(({ name }) => readFileSync(join(inject('bundles'), name, 'index.mjs'), 'utf8'));
    expect(bundles.map((path) => readFileSync(join(path, 'index.mjs'), 'utf8')).sort()).toEqual(built.sort());
    const migrating = bundles.filter((path) => existsSync(join(path, 'migrations')));
    expect(migrating).toHaveLength(1);
  });

  it('is what README shows', () => {
    const shown = readFileSync(join(repoRoot, 'README.md'), 'utf8');
    const [, ...code] = readFileSync(EXAMPLE, 'utf8').split('\n');
    expect(shown).toContain(`\`\`\`ts\n${code.join('\n')}\`\`\`\n`);
  });
});
