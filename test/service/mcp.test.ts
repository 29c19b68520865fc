/** Agents: an MCP server that this service protects, and the official SDK's client, which was never told of it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { agent } from '../examples/mcp-agent.ts';
import { mcpService } from '../examples/mcp-service.ts';
import { follow, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const CALLBACK = 'http://localhost:33418/callback';

let service: Service;
let server: Server;
let address: string;
let person: Person;
beforeAll(async () => {
  server = createServer((request, response) => handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://localhost:${(server.address() as AddressInfo).port}/mcp`;
  service = await startService({ settings: { registration: { clients: 'open', resources: [address] } } });
  handle = mcpService(service.url, address);
  person = await registerAndLogin(service);
});
afterAll(async () => {
  await service?.stop();
  server?.close();
});
let handle: ReturnType<typeof mcpService>;

/** Signs in and allows it. @returns the code that the answer has */
async function atPages(url: URL): Promise<string> {
  const browser = visitor(service);
  await browser.open(`${url.pathname}${url.search}`);
  await follow(browser);
  await browser.submit({ email: person.email, password: person.password });
  await follow(browser);
  await browser.submit({ allow: 'true' });
  const answer = new URL(await follow(browser));
  expect(answer.href).toMatch(/^http:\/\/localhost:33418\/callback\?/);
  expect(answer.searchParams.get('iss')).toBe(service.url);
  return answer.searchParams.get('code') ?? '';
}

it("S76: an agent signs in by itself with the SDK's own client, and its token is for that server alone", async () => {
  const provider = agent(CALLBACK);
  const begin = () => new StreamableHTTPClientTransport(new URL(address), { authProvider: provider });
  const first = begin();
  await expect(new Client({ name: 'test', version: '1' }).connect(first)).rejects.toThrow(UnauthorizedError);
  await first.finishAuth(await atPages(provider.sentTo()));

  const client = new Client({ name: 'test', version: '1' });
  await client.connect(begin());
  expect(await client.callTool({ name: 'whoami' })).toMatchObject({ content: [{ type: 'text', text: person.userId }] });
  await client.close();

  const { access_token: token, refresh_token: refresh } = (await provider.tokens()) ?? { access_token: '' };
  expect(decodeJwt(token)).toMatchObject({ aud: address, sub: person.userId });
  expect(refresh).toBeDefined();
  expect((await service.get('/v1/auth/me', { authorization: `Bearer ${token}` })).status).toBe(401);
});

it('S38: the server takes no token that is for another, and says where there are such as it takes', async () => {
  const call = (headers: Record<string, string>) => fetch(address, { method: 'POST', headers });
  const others: Record<string, string>[] = [{}, { authorization: `Bearer ${person.accessToken}` }];
  for (const headers of others) {
    const { status, headers: answered } = await call(headers);
    expect(status).toBe(401);
    expect(answered.get('www-authenticate')).toContain(
      `resource_metadata="${new URL(address).origin}/.well-known/oauth-protected-resource/mcp"`,
    );
  }
});
