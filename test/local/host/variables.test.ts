import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVariables } from '../../../lib/local/variables.ts';
import { certificateFor } from '../../support/certificate.ts';

describe('the variables of the local host', () => {
  it('have defaults', () => {
    expect(readVariables({ PORT: '' }, [])).toEqual({
      port: 3000,
      awsPort: 4566,
      directory: '.local',
      fresh: false,
      service: {
        rateLimiting: undefined,
        passwordHasher: undefined,
        secondFactor: undefined,
        emailLogin: undefined,
        mailAsSecondFactor: undefined,
        statusListSeconds: undefined,
      },
    });
  });

  it('are taken from the environment and the arguments', () => {
    const environment = {
      PORT: '0',
      AWS_PORT: '65535',
      LOCAL_DIR: '/tmp/x',
      RATE_LIMITS: 'off',
      PASSWORD_HASHER: 'native',
      SECOND_FACTOR: 'required',
      EMAIL_LOGIN: 'on',
      MAIL_AS_SECOND_FACTOR: 'level2',
      STATUS_LIST_SECONDS: '10',
      REGISTRATION: 'open',
      RESOURCES: 'http://localhost:9000/mcp',
    };
    expect(readVariables(environment, ['--fresh'])).toEqual({
      port: 0,
      awsPort: 65_535,
      directory: '/tmp/x',
      fresh: true,
      service: {
        rateLimiting: 'off',
        passwordHasher: 'native',
        secondFactor: 'required',
        emailLogin: 'on',
        mailAsSecondFactor: 'level2',
        statusListSeconds: 10,
        registration: { clients: 'open', documents: true, resources: ['http://localhost:9000/mcp'] },
      },
    });
  });

  it('take the look of a stage, and nothing else of it', () => {
    const look = { brand: { name: 'Shop', accent: '#0f766e' }, mail: { sender: 'no-reply@shop.example' } };
    const stageOf = () => ({ service: { ...look, requireVerifiedEmail: true }, deployment: { retainData: true } });
    expect(readVariables({ BRAND: 'prod' }, [], stageOf).service).toEqual(look);
    expect(readVariables({ BRAND: 'prod' }, [], () => ({})).service).toEqual({});
  });

  it.each([
    [{ PORT: '3000x' }, [], 'PORT must be a port, 0 to 65535, not "3000x"'],
    [{ PORT: '-1' }, [], 'PORT must be a port, 0 to 65535, not "-1"'],
    [{ AWS_PORT: '65536' }, [], 'AWS_PORT must be a port, 0 to 65535, not "65536"'],
    [{ RATE_LIMITS: 'no' }, [], 'RATE_LIMITS must be on or off, not "no"'],
    [{ PASSWORD_HASHER: 'md5' }, [], 'PASSWORD_HASHER must be wasm or native, not "md5"'],
    [{ EMAIL_LOGIN: 'yes' }, [], 'EMAIL_LOGIN must be off or on or only, not "yes"'],
    [{ STATUS_LIST_SECONDS: '1e2' }, [], 'STATUS_LIST_SECONDS must be a number of seconds, 0 to 300, not "1e2"'],
    [{ BRAND: 'Shop' }, [], 'No stage Shop in cdk.json, only dev, prod'],
    [{}, ['--clean'], 'Unknown argument --clean; the only one is --fresh'],
  ])('are refused with their name if they make no sense: %j %j', (environment, args, message) => {
    expect(() => readVariables(environment, args)).toThrow(message);
  });
});

describe('TLS_CERT and TLS_KEY', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tls-files-'));
    const [ours, elsewhere] = [certificateFor('localhost'), certificateFor('id.school.example')];
    const files = {
      'ours.pem': ours.cert,
      'ours.key': ours.key,
      'elsewhere.pem': elsewhere.cert,
      'elsewhere.key': elsewhere.key,
    };
    for (const [name, pem] of Object.entries(files)) writeFileSync(join(directory, name), pem);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const tlsOf = (cert: string, key: string) =>
    readVariables({ TLS_CERT: cert && join(directory, cert), TLS_KEY: key && join(directory, key) }, []).tls;

  it('are read', () => {
    const { cert, key } = tlsOf('ours.pem', 'ours.key') ?? {};
    expect(String(cert)).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(String(key)).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it.each([
    ['ours.pem', '', 'TLS_CERT and TLS_KEY go together: each names a PEM file'],
    ['', 'ours.key', 'TLS_CERT and TLS_KEY go together: each names a PEM file'],
    ['none.pem', 'ours.key', 'Cannot read DIRECTORY/none.pem (TLS_CERT): ENOENT'],
    ['ours.pem', '.', 'Cannot read DIRECTORY (TLS_KEY): EISDIR'],
    ['ours.key', 'ours.key', 'DIRECTORY/ours.key (TLS_CERT) is not a certificate in PEM'],
    ['ours.pem', 'ours.pem', 'DIRECTORY/ours.pem (TLS_KEY) is not a private key without a passphrase in PEM'],
    ['ours.pem', 'elsewhere.key', 'The key in DIRECTORY/elsewhere.key (TLS_KEY) is not that of the certificate in '],
    [
      'elsewhere.pem',
      'elsewhere.key',
      'The certificate in DIRECTORY/elsewhere.pem (TLS_CERT) is not for localhost: DNS:id.school.example',
    ],
  ])('are refused in a line with the reason: %j, %j', (cert, key, message) => {
    expect(() => tlsOf(cert, key)).toThrow(message.replaceAll('DIRECTORY', directory));
  });
});

describe('LOCAL_FETCH_ALLOW', () => {
  const fetchAllow = (value?: string) => readVariables({ LOCAL_FETCH_ALLOW: value }, []).fetchAllow;

  it.each(['localhost:9000', 'suite.test:8443,[::1]:80,127.0.0.1:1'])('takes %s', (value) => {
    expect(fetchAllow(value)).toBe(value);
  });

  it('lets nothing be fetched where it is not set', () => {
    expect([fetchAllow(), fetchAllow('')]).toEqual([undefined, undefined]);
  });

  it.each(['localhost', '*', 'http://localhost:80', 'a:1, b:2', 'a:1,'])('refuses %j', (value) => {
    expect(() => fetchAllow(value)).toThrow(/^LOCAL_FETCH_ALLOW must be host:port/);
  });
});
