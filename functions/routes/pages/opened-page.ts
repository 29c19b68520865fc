/** What each page has that a client's request may lead to: its language, its form, and where that may end up at. */
import type { Language } from '../../domain/language.ts';
import type { Settings } from '../../domain/settings.ts';
import type { CarriedRequest, CarriedRequests } from '../../http/carried-request.ts';
import { FORM_TOKEN, type FormTokens } from '../../http/form-token.ts';
import type { RawRequest } from '../../http/messages.ts';
import type { FormViewProps } from '../../http/page-content.ts';
import { clientLogoUrl } from '../../http/page-files.ts';
import type { ClientShown } from '../../http/parts/client.ts';
import { languageFor, originsOf, pageAddress } from './carried.ts';

export interface OpenNeeds {
  readonly settings: Pick<Settings, 'issuer' | 'signInUrl'>;
  readonly forms: FormTokens;
  readonly carriedRequests: CarriedRequests;
}

/** What the person came with. */
export interface Opened {
  /** The sealed request, or empty. */
  readonly request: string;
  readonly invitation: string;
  /** The page of the account that it is on to. */
  readonly to?: string;
  readonly lang: string;
  /** Of the account that is signed in. */
  readonly locale?: string | null;
}

export interface OpenedPage {
  readonly carried: CarriedRequest | null;
  readonly view: FormViewProps;
  readonly cookies: readonly string[];
  /** The form's token, of this browser. */
  readonly token: string;
  /** The address of another page, with what the person came with. */
  readonly addressOf: (path: string, more?: Readonly<Record<string, string>>) => string;
}

/** @throws Problem REQUEST_EXPIRED */
export async function openPage(
  { settings, forms, carriedRequests }: OpenNeeds,
  request: RawRequest,
  path: string,
  { request: text, invitation, to = '', lang, locale = null }: Opened,
): Promise<OpenedPage> {
  const carried = text === '' ? null : await carriedRequests.open(text, request.context.now);
  const language = languageFor(request, { lang, carried, locale });
  const { token, cookies } = await forms.issue(request);
  const opened = { request: text, invitation, to, lang };
  return {
    carried,
    token,
    cookies,
    addressOf: (other, more = {}) => pageAddress(other, { ...opened, ...more }),
    view: {
      language,
      inLanguage: (one: Language) => pageAddress(path, { ...opened, lang: one }),
      form: { action: path, hidden: { ...filled({ ...opened, lang: language }), [FORM_TOKEN]: token } },
      formsTo: originsOf(carried ? carried.request.redirectUri : settings.signInUrl),
      ...(carried ? { client: shown(carried, settings) } : {}),
    },
  };
}

const shown = (
  { request, clientName, clientLogo }: CarriedRequest,
  { issuer }: OpenNeeds['settings'],
): ClientShown => ({
  name: clientName,
  ...(clientLogo === undefined ? {} : { logo: clientLogoUrl(issuer, request.clientId, clientLogo) }),
});

const filled = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
