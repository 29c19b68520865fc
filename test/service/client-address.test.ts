import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postFrom } from '../support/from-address.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService({ rateLimiting: 'on' });
});
afterAll(() => service.stop());

let clients = 0;
/** A client address that no test has used. */
const newClient = () => `127.6.0.${++clients}`;
const login = (email: string, password: string, from: string, headers = {}) =>
  postFrom(from, `${service.url}/v1/auth/login`, { email, password }, headers);

describe('S11: the client address', () => {
  it.each([
    { 'x-forwarded-for': '203.0.113.9' },
    { forwarded: 'for=203.0.113.9' },
    { 'x-real-ip': '203.0.113.9' },
    { 'x-viewer-address': '203.0.113.9', 'x-origin-verify': 'guessed' },
  ])('is the one that the gateway found, whatever the client sends: %o', async (headers) => {
    const client = newClient();
    const person = await registerAndLogin(service, { email: newEmail() });
    await login(person.email, person.password, client, headers);
    const { sessions } = (await service.get('/v1/auth/sessions', person.bearer)).body;
    expect(sessions.map(({ ip_address }: { ip_address: string }) => ip_address)).toContain(client);
    expect(JSON.stringify(sessions)).not.toContain('203.0.113.9');
  });

  it('is counted as one, whatever the client sends', async () => {
    const client = newClient();
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        login(newEmail(), 'incorrect horse battery staple', client, { 'x-forwarded-for': `203.0.113.${n}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });
});
