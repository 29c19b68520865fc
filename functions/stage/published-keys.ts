import { type PublishedKeys, publishedKeys } from '../aws/published-keys.ts';
import { environment } from './settings.ts';

export const stagePublishedKeys = (): PublishedKeys => publishedKeys(environment('SIGNING_KEY_ALIASES'));
