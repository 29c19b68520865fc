import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JsonSchema, modelSchemas, topicSchemas } from '../../../functions/contracts/events/json-schema.ts';
import { breachesOfReleased, contractFiles, releasedFolder } from '../../../functions/contracts/events/released.ts';

const schemas = new Map([...modelSchemas(), ...topicSchemas()]);

describe('the released schemas', () => {
  it('are not broken by the code', () => {
    expect(breachesOfReleased()).toEqual([]);
  });

  it('are in git as the code makes them; npm run contracts writes them', () => {
    const files = readdirSync(releasedFolder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const released = files.map(({ parentPath, name }) => join(parentPath, name));
    const generated = new Map([...contractFiles()].map(([path, content]) => [join(releasedFolder, path), content]));
    expect(released.sort()).toEqual([...generated.keys()].sort());
    for (const [file, content] of generated) expect(readFileSync(file, 'utf8'), file).toBe(content);
  });

  it('are JSON Schema 2020-12, each with an id of its own, a title and a description', () => {
    for (const [name, schema] of schemas) {
      expect(schema).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `urn:huleedu:schema:${name}`,
        title: name,
        description: expect.stringMatching(/\w/),
      });
    }
  });

  it('close no object, so that a consumer accepts what a later release adds', () => {
    expect(JSON.stringify([...schemas.values()])).not.toContain('"additionalProperties":false');
  });
});

describe('against a folder of released schemas', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'contracts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const USER_REGISTERED = 'models/UserRegisteredV1.json';
  const current = (path: string): JsonSchema => JSON.parse(contractFiles().get(path) ?? '');
  const released = (path: string) => readFileSync(join(folder, path), 'utf8');
  const run = () => spawnSync(process.execPath, ['bin/contracts.ts', folder], { encoding: 'utf8' });

  function release(path: string, schema: object) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(schema));
  }

  it('a topic that left the code is a breach', () => {
    release('topics/huleedu.identity.user.merged.v1.json', { type: 'object' });
    expect(breachesOfReleased(folder)).toEqual(['huleedu.identity.user.merged.v1: the schema was removed']);
  });

  it('a topic that was never released is no breach', () => {
    expect(breachesOfReleased(folder)).toEqual([]);
  });

  it('npm run contracts writes every schema and the catalogue', () => {
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    for (const [path, content] of contractFiles()) expect(released(path)).toBe(content);
  });

  it('npm run contracts writes extensions of the code', () => {
    const { org_id, ...properties } = current(USER_REGISTERED).properties ?? {};
    release(USER_REGISTERED, { ...current(USER_REGISTERED), properties });
    expect(run().status).toBe(0);
    expect(released(USER_REGISTERED)).toBe(contractFiles().get(USER_REGISTERED));
  });

  it('npm run contracts refuses what the code breaks, with its name, and writes nothing', () => {
    const { properties } = current(USER_REGISTERED);
    release(USER_REGISTERED, { ...current(USER_REGISTERED), properties: { ...properties, referrer: {} } });
    const before = released(USER_REGISTERED);
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('UserRegisteredV1: referrer was removed');
    expect(released(USER_REGISTERED)).toBe(before);
    expect(readdirSync(folder)).toEqual(['models']);
  });
});
