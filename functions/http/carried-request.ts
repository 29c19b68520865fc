/**
 * A client's request for authorization on its way through the pages: sealed, in their addresses and forms (`request`), and
 * back at `/oauth/authorize` (`continue`). A page that has done its part passes on the text that it was opened with.
 */
import type { Acr } from '../domain/authentication-level.ts';
import type { AuthorizationRequest, AuthorizationStep } from '../domain/authorization-request.ts';
import type { HmacKeys } from '../domain/key-versions.ts';
import { Problem } from '../domain/problem.ts';
import { sealed } from '../domain/sealed.ts';
import type { FormTokens } from './form-token.ts';
import type { RawRequest } from './messages.ts';

export interface CarriedRequest {
  readonly request: AuthorizationRequest;
  /** What is missing first. */
  readonly step: AuthorizationStep;
  /** As people read it. */
  readonly clientName: string;
  /** The hash of where its logo is. */
  readonly clientLogo?: string;
  /** Of the step `second-factor`: the level that it has to give. */
  readonly acr?: Acr;
}

/** How long it may travel, counted from its first arrival, milliseconds. */
const LIFETIME = 30 * 60 * 1000;

export interface CarriedRequests {
  /** @returns the text, and the cookies by which the browser is known when it comes back with it */
  carry(
    carried: CarriedRequest,
    from: Pick<RawRequest, 'cookies'>,
  ): Promise<{ readonly text: string; readonly cookies: readonly string[] }>;
  /** @throws Problem REQUEST_EXPIRED for one that is over, or that this service did not seal */
  open(text: string, now: Date): Promise<CarriedRequest>;
  /**
   * As {@link open}, of what is to be answered now. In another browser than it began in, it has arrived at this moment: what
   * somebody has consented to since a stranger began it, they were not asked for the stranger.
   */
  goOn(text: string, request: RawRequest): Promise<CarriedRequest>;
}

interface Sealed extends CarriedRequest {
  /** Of the browser that it began in: no other has the cookie that the MAC is of. */
  readonly browser: string;
}

export function carriedRequests(browserKey: HmacKeys, forms: FormTokens): CarriedRequests {
  const texts = sealed<Sealed>(browserKey, 'authorization request');

  async function open(text: string, now: Date): Promise<Sealed> {
    const carried = await texts.open(text);
    if (!carried || carried.request.arrivedAt + LIFETIME <= now.getTime()) throw new Problem('REQUEST_EXPIRED');
    return carried;
  }

  return {
    async carry(carried, from) {
      const { token, cookies } = await forms.issue(from);
      return { text: await texts.seal({ ...carried, browser: token }), cookies };
    },
    open,
    async goOn(text, request) {
      const carried = await open(text, request.context.now);
      if (await isFrom(forms, request, carried.browser)) return carried;
      return { ...carried, request: { ...carried.request, arrivedAt: request.context.now.getTime() } };
    },
  };
}

async function isFrom(forms: FormTokens, request: RawRequest, token: string): Promise<boolean> {
  try {
    await forms.check(request, token);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 403) return false;
    throw error;
  }
}
