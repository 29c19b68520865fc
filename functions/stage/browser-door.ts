/** What browsers carry for us: forms' tokens, and texts that only this service can read or make. One key, fetched once. */
import type { HmacKeys } from '../domain/key-versions.ts';
import { type Sealed, sealed } from '../domain/sealed.ts';
import { type CarriedRequests, carriedRequests } from '../http/carried-request.ts';
import { type FormTokens, formTokens } from '../http/form-token.ts';
import { stageKeys } from './keys.ts';
import { stageSettings } from './settings.ts';

export interface BrowserDoor {
  readonly key: HmacKeys;
  readonly forms: FormTokens;
  readonly carriedRequests: CarriedRequests;
  sealed<T>(purpose: string): Sealed<T>;
}

export function stageBrowserDoor(): BrowserDoor {
  const browserKey = stageKeys('browser');
  const forms = formTokens(browserKey, stageSettings());
  return {
    key: browserKey,
    forms,
    carriedRequests: carriedRequests(browserKey, forms),
    sealed: (purpose) => sealed(browserKey, purpose),
  };
}
