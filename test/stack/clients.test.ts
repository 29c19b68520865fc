/** The clients of a stage's settings, as CloudFormation gets them. */
import { describe, expect, it } from 'vitest';
import { parseSettings, type StageSettingsInput } from '../../lib/service/config.ts';
import { dev, prerequisites, resources, synthesize } from './synthesized.ts';

const clients: NonNullable<StageSettingsInput['deployment']>['clients'] & object = {
  shop: { kind: 'confidential', name: 'Shop', redirectUris: ['https://shop.example/'] },
  app: { kind: 'public', name: 'App', redirectUris: ['https://app.example/'] },
};
const settings: StageSettingsInput = { ...dev, deployment: { ...dev.deployment, clients } };
const { template } = synthesize(settings);
const [applied] = resources(template, 'Custom::apply-clients');
const secrets = resources(template, 'AWS::SecretsManager::Secret').filter(({ Properties }) =>
  /Secret of the client/.test(Properties.Description),
);

it('makes a secret for each that shows one, in Secrets Manager, and puts it nowhere else', () => {
  expect(secrets.map(({ Properties }) => Properties)).toMatchObject([
    {
      Description: 'Identity service, stage dev: Secret of the client shop',
      GenerateSecretString: { GenerateStringKey: 'client_secret', SecretStringTemplate: '{"client_id":"shop"}' },
    },
  ]);
});

it('hands them to the job, completed, after the migrations', () => {
  expect(JSON.parse(applied?.Properties.Clients)).toMatchObject([
    { clientId: 'shop', metadata: { kind: 'confidential', authentication: 'client_secret', audiences: ['shop'] } },
    { clientId: 'app', metadata: { kind: 'public', pkce: 'required' } },
  ]);
  expect(Object.keys(applied?.Properties.SecretArns)).toEqual(['shop']);
  const migrated = resources(template, 'Custom::Trigger').map(({ id }) => id);
  expect(migrated.length).toBeGreaterThan(0);
  expect([...prerequisites(template, applied?.id ?? '')]).toEqual(expect.arrayContaining(migrated));
});

describe('settings of clients', () => {
  it.each<[object, string]>([
    [{ Shop: clients.shop }, 'deployment.clients.Shop: '],
    [
      { '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f': clients.shop },
      'deployment.clients.0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f: ',
    ],
    [
      { shop: { ...clients.shop, redirectUris: ['http://shop.example/'] } },
      'clients.shop.redirectUris.0: must begin with https:',
    ],
    [{ shop: { ...clients.shop, scopes: ['phone'] } }, 'clients.shop.scopes.0: '],
    [{ shop: { ...clients.shop, secret: 'x' } }, 'clients.shop: Unrecognized key: "secret"'],
    [{ app: { ...clients.app, pkce: 'optional' } }, 'clients.app.pkce: must be required'],
    [
      { app: { ...clients.app, accessTokenSeconds: 3_000 } },
      'clients.app.accessTokenSeconds: must be 60 to 900 seconds',
    ],
    [{ 'huleedu-platform': clients.shop }, 'clients.huleedu-platform.clientId: must not be an audience'],
    [
      { shop: clients.shop, app: { ...clients.app, audiences: ['app', 'shop'] } },
      'clients.app.audiences.1: must not be a client that gets ID tokens',
    ],
  ])('refuses %j', (wrong, message) => {
    expect(() => parseSettings({ stage: 'dev', deployment: { clients: wrong } })).toThrow(message);
  });
});
