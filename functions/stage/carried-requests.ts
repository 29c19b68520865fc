import { type CarriedRequests, carriedRequests } from '../http/carried-request.ts';
import { formTokens } from '../http/form-token.ts';
import { stageKeys } from './keys.ts';
import { stageSettings } from './settings.ts';

export function stageCarriedRequests(): CarriedRequests {
  const browserKey = stageKeys('browser');
  return carriedRequests(browserKey, formTokens(browserKey, stageSettings()));
}
