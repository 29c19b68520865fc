import { type Signer, signer } from '../aws/signer.ts';
import { environment } from './settings.ts';

export const stageSigner = (): Signer => signer(environment('SIGNING_KEY_ALIASES'));
