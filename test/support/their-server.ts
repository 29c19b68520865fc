/** A server of somebody else's, on this machine: what was asked of it, and how it answers. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TheirServer {
  readonly origin: string;
  /** The paths that were asked for; a test empties it. */
  asked: string[];
  /** Set by a test before anything is asked. */
  answer: RequestListener;
  close(): void;
}

export async function startTheirServer(): Promise<TheirServer> {
  const server = createServer((request, response) => {
    theirs.asked.push(request.url ?? '');
    theirs.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const theirs: TheirServer = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    asked: [],
    answer: (_, response) => response.end(),
    close: () => server.close(),
  };
  return theirs;
}
