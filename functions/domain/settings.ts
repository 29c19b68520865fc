/** What the stage is set to. It is handed in: each function asks for the settings that it goes by, and for no others. */
import type { ServiceSettings } from '../../lib/service/config.ts';

export interface Settings extends ServiceSettings {
  /** The API's base URL without a slash at its end: `iss` of every token. */
  readonly issuer: string;
}
