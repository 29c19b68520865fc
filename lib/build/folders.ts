/** Where what is built from this repository is put. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repoRoot = fileURLToPath(new URL('../..', import.meta.url));

/** The functions, each in a folder of its name: `npm run build`, and `npm start` where they are stale. */
export const bundleRoot = join(repoRoot, '.build', 'functions');

/** The same with the hasher that `passwordHasher: native` takes: `npm run build -- --native`. */
export const nativeBundleRoot = join(repoRoot, '.build', 'functions-native');

/** The function of TokenAuthorizer: `npm run build`. */
export const tokenAuthorizerRoot = join(repoRoot, '.build', 'token-authorizer');
