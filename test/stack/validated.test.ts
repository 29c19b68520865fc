/**
 * CDK's own check of templates (cdk.json: `validateAgainstDefaultRules`). Other tests go without it: vitest.config.ts.
 * `npm run synth` checks the development stage.
 */
import { readFileSync } from 'node:fs';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { repoRoot } from '../../lib/build/folders.ts';
import { everything, synthesize } from './synthesized.ts';

const { context } = JSON.parse(readFileSync(`${repoRoot}/cdk.json`, 'utf8'));

beforeEach(() => {
  vi.stubEnv('CDK_VALIDATION', 'true');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it('finds no error in production with everything', () => {
  // Not as another file has synthesized it.
  synthesize(everything, undefined, 'validated');
});

it('would find one', () => {
  const app = new App({ context });
  const properties = { DelaySeconds: 'soon' };
  new CfnResource(new Stack(app, 'Stack'), 'Queue', { type: 'AWS::SQS::Queue', properties });
  expect(() => app.synth()).toThrow("'soon' is not of type 'integer'");
});
