import { stageBrowserDoor } from './browser-door.ts';
import { stageDatabase } from './database.ts';
import { stageDeviceTokens, stagePendingSignIns, stagePseudonyms } from './keys.ts';
import { stagePages } from './pages.ts';
import { stageSettings } from './settings.ts';

/** What the pages have that sign somebody in, whatever is shown there. */
export function stageSignInPage() {
  const { forms, carriedRequests } = stageBrowserDoor();
  return {
    pages: stagePages(),
    settings: stageSettings(),
    forms,
    carriedRequests,
    database: stageDatabase(),
    pseudonyms: stagePseudonyms(),
    deviceTokens: stageDeviceTokens(),
    pendingSignIns: stagePendingSignIns(),
  };
}
