import { describe, expect, it } from 'vitest';
import { readVariables } from '../../../lib/local/variables.ts';

describe('the variables of the local host', () => {
  it('have defaults', () => {
    expect(readVariables({ PORT: '' }, [])).toEqual({
      port: 3000,
      awsPort: 4566,
      directory: '.local',
      fresh: false,
      service: { rateLimiting: undefined, passwordHasher: undefined },
    });
  });

  it('are taken from the environment and the arguments', () => {
    const environment = {
      PORT: '0',
      AWS_PORT: '65535',
      LOCAL_DIR: '/tmp/x',
      RATE_LIMITS: 'off',
      PASSWORD_HASHER: 'native',
    };
    expect(readVariables(environment, ['--fresh'])).toEqual({
      port: 0,
      awsPort: 65_535,
      directory: '/tmp/x',
      fresh: true,
      service: { rateLimiting: 'off', passwordHasher: 'native' },
    });
  });

  it.each([
    [{ PORT: '3000x' }, [], 'PORT must be a port, 0 to 65535, not "3000x"'],
    [{ PORT: '-1' }, [], 'PORT must be a port, 0 to 65535, not "-1"'],
    [{ AWS_PORT: '65536' }, [], 'AWS_PORT must be a port, 0 to 65535, not "65536"'],
    [{ RATE_LIMITS: 'no' }, [], 'RATE_LIMITS must be on or off, not "no"'],
    [{ PASSWORD_HASHER: 'md5' }, [], 'PASSWORD_HASHER must be wasm or native, not "md5"'],
    [{}, ['--clean'], 'Unknown argument --clean; the only one is --fresh'],
  ])('are refused with their name if they make no sense: %j %j', (environment, args, message) => {
    expect(() => readVariables(environment, args)).toThrow(message);
  });
});
