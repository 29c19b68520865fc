/** The addresses that a client registers, as a part of client-metadata.ts. */
import type { Client } from './client.ts';
import type { Fault } from './problem.ts';
import { callUriFault, pageUriFault, redirectUriFault } from './redirect-uri.ts';

const MOST_URIS = 50;

const lists = ['redirect_uris', 'post_logout_redirect_uris'] as const;
const faultOf = {
  logo_uri: pageUriFault,
  client_uri: pageUriFault,
  policy_uri: pageUriFault,
  tos_uri: pageUriFault,
  jwks_uri: pageUriFault,
  backchannel_logout_uri: callUriFault,
} as const;
type Single = keyof typeof faultOf;

type Uris = Pick<Client, (typeof lists)[number]> & { readonly [Field in Single]: string | null };

export function uriFaults(metadata: Uris): Fault[] {
  const ofLists = lists.flatMap((field) => {
    const uris = metadata[field];
    return [
      ...(uris.length > MOST_URIS ? [{ pointer: `/${field}`, detail: `must name ${MOST_URIS} at most` }] : []),
      ...(new Set(uris).size < uris.length ? [{ pointer: `/${field}`, detail: 'must name each once' }] : []),
      ...uris.flatMap((uri, index) => {
        const detail = redirectUriFault(uri);
        return detail ? [{ pointer: `/${field}/${index}`, detail }] : [];
      }),
    ];
  });
  const ofSingle = (Object.keys(faultOf) as Single[]).flatMap((field) => {
    const uri = metadata[field];
    const detail = uri === null ? null : faultOf[field](uri);
    return detail ? [{ pointer: `/${field}`, detail }] : [];
  });
  return [...ofLists, ...ofSingle];
}
