/** Setting up an authenticator app, and removing it. */
import { renderSVG } from 'uqr';
import { type FactorId, newId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import { assertAllowed, refused } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { newTotpSecret, stepOf, totpEnrolment } from '../domain/totp.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import type { Caller } from '../store/sessions.ts';
import { beginTotp, confirmTotp, findNewTotp, removeTotp } from '../store/totp.ts';
import { assertSure } from './assert-sure.ts';
import type { Needing } from './needs.ts';

/** Milliseconds in which the first code has to come. */
const LIFETIME = 10 * 60 * 1000;
/** Modules around a QR code (ISO/IEC 18004:2024 §6.3.8). */
const QUIET_ZONE = 4;

/** Of a page: its session, which is no client's. */
export type FactorOwner = Caller & { readonly scope?: string };

export interface TotpToSetUp {
  /** Base32, for people who type. */
  readonly secret: string;
  readonly uri: string;
  /** A picture of it, SVG. */
  readonly qr: string;
}

/** @throws Problem TOKEN_INVALID, FORBIDDEN; those of {@link assertSure} */
export async function setUpTotp(
  { database, settings, totpSecrets }: Needing<'database' | 'totpSecrets', RecencySettings & Pick<Settings, 'brand'>>,
  owner: FactorOwner,
  context: RequestContext,
): Promise<TotpToSetUp> {
  const secret = newTotpSecret();
  const begun = await beginTotp(
    database,
    owner,
    {
      factorId: newId<FactorId>(),
      secret: await totpSecrets.seal(secret, owner.sub),
      until: new Date(context.now.getTime() + LIFETIME),
    },
    settings,
    context,
  );
  assertSure(begun, owner, settings);
  const enrolment = totpEnrolment(secret, settings.brand.name, begun.email ?? '');
  return { ...enrolment, qr: renderSVG(enrolment.uri, { border: QUIET_ZONE }) };
}

/**
 * Tries are counted as those of a factor: who holds a stolen session does not guess what its owner is setting up.
 * @returns how many recovery codes the account has
 * @throws Problem TOKEN_INVALID, CONFLICT, RATE_LIMITED; VALIDATION_ERROR for a wrong code
 */
export async function confirmNewTotp(
  { database, settings, totpSecrets, pseudonyms }: Needing<'database' | 'totpSecrets' | 'pseudonyms', LimitSettings>,
  owner: FactorOwner,
  code: string,
  context: RequestContext,
): Promise<number> {
  const by = `new totp:${owner.sub}`;
  const limits = limitsAt(context.now, await pseudonyms(), settings);
  const setUp = await findNewTotp(
    database,
    owner,
    [...limits.by('factorGuess', by), ...limits.by('factorGuessDaily', by)],
    context,
  );
  if (!setUp) throw new Problem('TOKEN_INVALID');
  if (setUp.exceeded) throw tooMany(setUp.exceeded);
  const { secret } = setUp;
  if (!secret) throw refused('nothing_set_up');
  const step = stepOf(code.replaceAll(' ', ''), await totpSecrets.open(secret, owner.sub), null, context.now);
  if (step === null) {
    const detail = 'is not what the app shows now; perhaps a clock is wrong';
    throw new Problem('VALIDATION_ERROR', { errors: [{ pointer: '/code', detail }] });
  }
  const { verdict, codes_left } = await confirmTotp(database, owner, { secret, step }, context);
  assertAllowed(verdict);
  return codes_left ?? 0;
}

/** @throws Problem TOKEN_INVALID; those of {@link assertSure} */
export async function dropTotp(
  { database, settings }: Needing<'database', RecencySettings>,
  owner: FactorOwner,
  context: RequestContext,
): Promise<void> {
  assertSure(await removeTotp(database, owner, settings, context), owner, settings);
}
