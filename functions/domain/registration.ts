/** What a mailbox's owner reads about the registration of its address: in the mail, and on the page behind its link. */
import { describeDevice } from './device.ts';
import type { Language } from './language.ts';
import { moment } from './mail/content.ts';

/** Where an account with an unproved address came from. */
export interface Registration {
  readonly at: Date;
  /** Null for an account that was not registered, or was registered before this was kept. */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** One sentence of a login by mail, in the mail and on the page behind its link. */
export function describeLoginRequest(
  { at, ipAddress, userAgent }: Registration,
  brand: string,
  language: Language,
): string {
  const time = moment(language, at);
  const device = describeDevice(userAgent, language);
  if (language === 'sv') {
    const address = ipAddress === null ? '' : ` med nätverksadressen ${ipAddress}`;
    return `Någon, förhoppningsvis du, ville logga in på ${brand} den ${time}, från ${device}${address}.`;
  }
  const address = ipAddress === null ? '' : ` with the network address ${ipAddress}`;
  return `Somebody, hopefully you, wanted to sign in to ${brand} on ${time}, from ${device}${address}.`;
}

/** One sentence with all of it. */
export function describeRegistration(
  { at, ipAddress, userAgent }: Registration,
  brand: string,
  language: Language,
): string {
  const time = moment(language, at);
  const device = describeDevice(userAgent, language);
  if (language === 'sv') {
    const from = ipAddress === null ? '' : `, från ${device} med nätverksadressen ${ipAddress}`;
    return `Någon registrerade den här adressen hos ${brand} den ${time}${from}.`;
  }
  const from = ipAddress === null ? '' : `, from ${device} with the network address ${ipAddress}`;
  return `Somebody registered this address at ${brand} on ${time}${from}.`;
}
