/** For tests that call a function's modules directly: the environment they read at import. */
import { parseSettings } from '../../lib/config.ts';

process.env.SETTINGS ??= JSON.stringify(parseSettings({ stage: 'test' }).service);
process.env.ISSUER ??= 'https://identity.example';
process.env.STAGE ??= 'test';
