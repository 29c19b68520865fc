/** Which stages have passkeys, and under which domain: passkeys of a domain that goes are lost to everybody at once. */
import { isWithin } from '../../functions/domain/webauthn/rp-id.ts';

interface Given {
  readonly on?: boolean | undefined;
  readonly rpId?: string | undefined;
  readonly origins: readonly string[];
}

interface Deployed {
  readonly edge?: { readonly domain?: { readonly name: string } | undefined } | undefined;
}

interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

/** The stage's own name, where its pages are. */
const domainOf = ({ edge }: Deployed): string | undefined => (edge ? edge.domain?.name : undefined);

export const hasPasskeys = (stage: string, { on }: Given, deployment: Deployed): boolean =>
  on ?? (stage !== 'prod' || domainOf(deployment) !== undefined);

export function passkeyFaults(stage: string, { on, rpId, origins }: Given, deployment: Deployed): Fault[] {
  const domain = domainOf(deployment);
  return [
    ...(on && stage === 'prod' && domain === undefined
      ? [
          {
            path: ['on'],
            message:
              'passkeys need a domain of your own (deployment.edge.domain): those of AWS’s hosts are lost with the stack',
          },
        ]
      : []),
    // A stage that moved keeps its passkeys, where the older domain still names it (WebAuthn L3 §5.11).
    ...(rpId !== undefined && domain !== undefined && !isWithin(domain, rpId) && !origins.includes(`https://${domain}`)
      ? [
          {
            path: ['rpId'],
            message:
              `browsers refuse it at ${domain}: it must be that domain or one above it, unless origins has ` +
              `https://${domain} and https://${rpId}/.well-known/webauthn names it`,
          },
        ]
      : []),
    ...(rpId !== undefined && !rpId.includes('.') && rpId !== 'localhost'
      ? [{ path: ['rpId'], message: 'a whole top-level domain is nobody’s own' }]
      : []),
    ...(new Set(origins).size < origins.length ? [{ path: ['origins'], message: 'names an origin twice' }] : []),
  ];
}
