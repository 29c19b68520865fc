/** The default settings, as functions get them. */
import type { Settings } from '../../functions/domain/settings.ts';
import { parseSettings, type StageSettingsInput } from '../../lib/service/config.ts';

/** @param service the differences, as in cdk.json */
export const settingsWith = (service: StageSettingsInput['service'] = {}): Settings => ({
  ...parseSettings({ stage: 'test', service }).service,
  issuer: 'https://identity.example',
});

export const defaultSettings = settingsWith();
