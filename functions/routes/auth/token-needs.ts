/** What every route of the JSON door has that opens a session: each makes its own by `tokenNeeds()`. */
import { statusIndexes } from '../../flows/status-indexes.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageDeviceTokens, stagePseudonyms, stageRefreshTokens } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';

export function tokenNeeds() {
  const settings = stageSettings();
  const database = stageDatabase();
  const signer = stageSigner();
  signer.prepare();
  return {
    settings,
    database,
    pseudonyms: stagePseudonyms(),
    refreshTokens: stageRefreshTokens(),
    deviceTokens: stageDeviceTokens(),
    admitSigning: signer.admit,
    takeStatusIndex: statusIndexes({ database, settings }),
  };
}
