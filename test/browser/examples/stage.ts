/** Stages whose pages are looked at: the default brand, and one that is as far from it as a brand may be. */
import type { Settings } from '../../../functions/domain/settings.ts';
import { parseSettings } from '../../../lib/service/config.ts';

const issuer = 'https://id.school.example';

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 36"><rect width="36" height="36" rx="18" fill="#0f766e"/><path d="M9 24 18 9l9 15Z" fill="#fff"/><text x="48" y="26" font-family="Georgia,serif" font-size="24" fill="#0f766e">Norra skolan</text></svg>`;

export const stages: Readonly<Record<string, Settings>> = {
  plain: { ...parseSettings({ stage: 'test' }).service, issuer },
  branded: {
    ...parseSettings({
      stage: 'test',
      service: {
        signInUrl: 'https://app.school.example/sign-in',
        brand: {
          name: 'Norra skolan',
          accent: '#0f766e',
          accentDark: '#5eead4',
          radius: 14,
          logo: `data:image/svg+xml,${encodeURIComponent(LOGO)}`,
          logoDark: `data:image/svg+xml,${encodeURIComponent(LOGO.replaceAll('#0f766e', '#5eead4'))}`,
          termsUrl: 'https://school.example/terms',
          privacyUrl: 'https://school.example/privacy',
          supportUrl: 'mailto:help@school.example',
        },
      },
    }).service,
    issuer,
  },
};
