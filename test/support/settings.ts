/** The settings by default, as functions are handed them. */
import type { Settings } from '../../functions/domain/settings.ts';
import { parseSettings, type StageSettingsInput } from '../../lib/service/config.ts';

/** @param service what differs, as cdk.json would have it */
export const settingsWith = (service: StageSettingsInput['service'] = {}): Settings => ({
  ...parseSettings({ stage: 'test', service }).service,
  issuer: 'https://identity.example',
});

export const defaultSettings = settingsWith();
