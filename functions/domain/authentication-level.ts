/**
 * How somebody signed in, and how sure that makes us (OpenID Connect Core §2, `acr` and `amr`). A session keeps its methods;
 * how sure they still make us, store/levels.ts says.
 */

/**
 * Authentication Context Class References, the weakest first: one factor; two of different kinds, or a passkey; a passkey
 * (`phr`, phishing-resistant: OpenID Connect Extended Authentication Profile §2).
 */
export const acrValues = ['urn:identity:acr:1', 'urn:identity:acr:2', 'phr'] as const;
export type Acr = (typeof acrValues)[number];

/** What a stage, the platform and organisations ask for, where they ask for more than one factor. */
export const demandedAcr = 'urn:identity:acr:2' satisfies Acr;

export const isAcr = (value: string): value is Acr => (acrValues as readonly string[]).includes(value);

/** True where `has` is as sure as `wanted`, or surer. */
export const isAsSure = (has: Acr, wanted: Acr): boolean => acrValues.indexOf(has) >= acrValues.indexOf(wanted);

/**
 * Methods by their names in RFC 8176 §2, and three that it has none for: a code or link by mail, another provider
 * (`fed`), a recovery code. `mfa` stands where there were two kinds, `pop` and `user` of a passkey.
 */
export const methods = ['pwd', 'email', 'fed', 'otp', 'rec', 'pop', 'user', 'mfa'] as const;
export type Method = (typeof methods)[number];

/** Each is one factor of the first kind, and raises no level by itself. */
export const firstMethods = ['pwd', 'email', 'fed'] as const satisfies readonly Method[];

/** What people set up to be shown beyond a first factor, or in the place of one. */
export type OwnFactor = 'passkey' | 'totp' | 'recovery';

/** What is shown beyond a first factor: also a mailed code beside a password, where the stage takes it for one. */
export type SecondFactor = OwnFactor | 'email';

/** What of `amr` each of them is. */
export const methodsOf: Readonly<Record<SecondFactor, readonly Method[]>> = {
  passkey: ['pop', 'user', 'mfa'],
  totp: ['otp', 'mfa'],
  recovery: ['rec', 'mfa'],
  email: ['email', 'mfa'],
};

/** As tokens say it. */
export interface AuthenticationLevel {
  readonly acr: string;
  readonly amr: readonly string[];
}

/** As a session has it. */
export interface SessionLevel {
  /** Null: by password. */
  readonly amr: readonly string[] | null;
  /** That it satisfies, the highest first. */
  readonly levels: readonly string[];
  /** That the client asked for; null where it asked for none, or there is no client. */
  readonly acr: string | null;
}

/** Of a session that begins with these. */
export function begunLevel(amr: readonly Method[]): AuthenticationLevel & { readonly acr: Acr } {
  const [one, two, phishingResistant] = acrValues;
  const acr = amr.includes('pop') ? phishingResistant : amr.includes('mfa') ? two : one;
  return { acr, amr };
}

/** A session that satisfies several answers the one that was asked for, and otherwise the highest. */
export const levelOf = ({ amr, levels, acr }: SessionLevel): AuthenticationLevel => ({
  acr: (acr !== null && levels.includes(acr) ? acr : levels[0]) ?? acrValues[0],
  amr: amr ?? ['pwd'],
});
