/** An MCP server that takes tokens of the identity service: what README's "Let agents in" shows. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bearerToken, protectedResource, TokenError, verifier } from '@huleedu/identity/verify';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

/** @param address its own, as agents are given it; also among `registration.resources` of the identity service */
export function mcpService(issuer: string, address: string) {
  const verify = verifier({ issuer, audience: address });
  const resource = protectedResource({ resource: address, issuer, scopes: ['openid', 'offline_access'] });

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === resource.path) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(resource.metadata));
      return;
    }
    try {
      const { sub } = await verify(bearerToken(request.headers.authorization));
      const mcp = new McpServer({ name: 'essays', version: '1.0.0' });
      mcp.registerTool('whoami', {}, () => ({ content: [{ type: 'text', text: sub }] }));
      const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
      response.on('close', () => transport.close());
      await mcp.connect(transport);
      await transport.handleRequest(request, response);
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      const status = error.code === 'FORBIDDEN' ? 403 : error.code === 'KEYS_UNAVAILABLE' ? 503 : 401;
      response.writeHead(status, { 'www-authenticate': resource.challenge(error) }).end();
    }
  };
}
