/** Answers with what a route's function gets of a request. */
import * as z from 'zod/mini';
import { byMethod } from '../../../functions/http/by-method.ts';
import type { RawRequest } from '../../../functions/http/messages.ts';
import { publicRoute } from '../../../functions/http/route.ts';

const Query = z.object({ one: z.optional(z.string()), many: z.optional(z.array(z.string())) });
const Form = z.object({ one: z.string(), many: z._default(z.array(z.string()), []) });

const said = ({ method, path, search, cookies }: RawRequest) => ({
  method,
  path,
  search: [...search],
  cookies: [...cookies],
});

export const handler = byMethod({
  GET: publicRoute({ query: Query }, ({ query, ...request }) => ({ status: 200, body: { ...said(request), query } })),
  POST: publicRoute({ body: Form, accepts: ['json', 'form'] }, ({ body, ...request }) => ({
    status: 200,
    body: { ...said(request), form: body },
  })),
});
