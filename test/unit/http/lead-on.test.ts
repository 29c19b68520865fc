/** Where pages lead on to when they are at their end. */
import { expect, it } from 'vitest';
import { pages } from '../../../functions/http/page.ts';
import { defaultSettings, settingsWith } from '../../support/settings.ts';

it('leads to the application’s sign-in, and to ours where the stage names none', () => {
  const signInUrl = 'https://app.school.example/sign-in';
  const next = (settings: typeof defaultSettings) => /href="([^"]*)"/.exec(pages(settings).leadOn('en').markup)?.[1];
  expect(next(settingsWith({ signInUrl }))).toBe(signInUrl);
  expect(next(defaultSettings)).toBe('https://identity.example/sign-in');
});
