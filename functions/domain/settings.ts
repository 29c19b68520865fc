/** The stage's settings. They are passed in: each function asks for the settings that it uses, and for no others. */
import type { ServiceSettings } from '../../lib/service/config.ts';

export interface Settings extends ServiceSettings {
  /** The API's base URL without a trailing slash: `iss` of every token. */
  readonly issuer: string;
}
