import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../lib/service/config.ts';
import { readSource, sourceFiles } from '../support/source-files.ts';

describe('the settings of a stage', () => {
  it('each have a default', () => {
    const { service, deployment } = parseSettings({ stage: 'dev' });
    expect(service.accessTokenSeconds).toBe(900);
    expect(service.rateLimits.loginPerAddress).toEqual({ limit: 5, windowSeconds: 60 });
    expect(deployment.database.name).toBe('identity');
  });

  it('are each read somewhere', () => {
    const readers = sourceFiles.filter(
      (file) => /^(functions|lib)\//.test(file) && !file.startsWith('lib/service/settings'),
    );
    const words = new Set(readers.flatMap((file) => readSource(file).match(/\w+/g) ?? []));
    const { service, deployment } = parseSettings({ stage: 'prod' });
    const names = (settings: object): string[] =>
      Object.entries(settings).flatMap(([name, value]) => [
        name,
        ...(value instanceof Object && !Array.isArray(value) ? names(value) : []),
      ]);
    expect([...names(service), ...names(deployment)].filter((name) => !words.has(name))).toEqual([]);
  });

  it.each([
    [{ stage: 'Prod!' }, 'stage: lower-case'],
    [{ stage: 'dev', service: { accessTokenSeconds: 0 } }, 'service.accessTokenSeconds: '],
    [{ stage: 'dev', service: { argon2: { memory: 8 } } }, 'service.argon2.memory: '],
    [{ stage: 'dev', service: { sessionIdleDays: 91 } }, 'service.sessionIdleDays: must not exceed sessionMaxDays'],
    [{ stage: 'dev', service: { corsOrigins: ['https://a.example/'] } }, 'service.corsOrigins.0: '],
    [{ stage: 'dev', service: { corsOrigins: ['*'] } }, 'service.corsOrigins.0: '],
    [{ stage: 'dev', service: { audience: ' ' } }, 'service.audience: '],
    [{ stage: 'dev', service: { organizations: { foundedBy: 'nobody' } } }, 'service.organizations.foundedBy: '],
    [{ stage: 'dev', service: { organizations: { roles: ['Teacher'] } } }, 'service.organizations.roles.0: '],
    [{ stage: 'dev', service: { organizations: { roles: ['platform:admin'] } } }, 'service.organizations.roles.0: '],
    [{ stage: 'dev', service: { defaultRole: 'owner' } }, 'service.defaultRole: a managing role'],
    [{ stage: 'dev', service: { defaultRole: 'admin' } }, 'service.defaultRole: a managing role'],
    [{ stage: 'dev', service: { defaultRole: 'platform:admin' } }, 'service.defaultRole: '],
    [{ stage: 'dev', service: { defaultRole: '' } }, 'service.defaultRole: '],
    [{ stage: 'dev', service: { passwordHaser: 'native' } }, 'passwordHaser'],
    [
      { stage: 'dev', deployment: { database: { clusterArn: 'arn:aws:rds:eu-north-1:1:cluster:x' } } },
      'deployment.database.secretArn: clusterArn and secretArn must be given together',
    ],
    [
      { stage: 'dev', service: { sharedNetworks: [{ times: 1, cidrs: ['203.0.113.7/32'] }] } },
      'service.sharedNetworks.0.times: ',
    ],
    // The first 80 fit, beside everything else that a stage has.
    [
      { stage: 'dev', service: { sharedNetworks: [{ times: 2, cidrs: Array(80).fill('203.0.113.7/32') }] } },
      'service: longer than 3072 bytes',
    ],
    [{ stage: 'dev', deployment: { throttles: { login: { rate: 1 } } } }, 'deployment.throttles.login: '],
  ])('stop the start with their name if they are bad: %j', (input, message) => {
    expect(() => parseSettings(input)).toThrow(message);
  });

  it.each(['203.0.113.7', '203.0.113.7/33', '0.0.0.0/0', '10.0.0.0/8', '2001:db8::/24', 'school.example/24'])(
    'S9: refuse what is no network, or one of everybody: %s',
    (cidr) => {
      const sharedNetworks = [{ times: 20, cidrs: [cidr] }];
      expect(() => parseSettings({ stage: 'dev', service: { sharedNetworks } })).toThrow(
        'service.sharedNetworks.0.cidrs.0: must be a network',
      );
    },
  );

  it.each(['https://a.example:443', 'https://A.example', 'https://förskolan.example', 'https://u@a.example'])(
    'S33: refuse an origin that no browser sends: %s',
    (origin) => {
      const input = { stage: 'dev', service: { corsOrigins: [origin] } };
      expect(() => parseSettings(input)).toThrow('service.corsOrigins.0: must be as browsers send it');
    },
  );
});
