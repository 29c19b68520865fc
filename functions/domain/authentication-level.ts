/** How somebody signed in, and how sure that makes us (OpenID Connect Core §2, `acr` and `amr`). */

/** Authentication Context Class References that there are, the weakest first. */
export const acrValues = ['urn:identity:acr:1'] as const;
export type Acr = (typeof acrValues)[number];

/** As tokens say it. */
export interface AuthenticationLevel {
  readonly acr: string;
  /** Methods by their names in RFC 8176. */
  readonly amr: readonly string[];
}

/** Of a session: its columns are null where only the password is known of. */
export const levelOf = ({ acr, amr }: { readonly acr: string | null; readonly amr: readonly string[] | null }) =>
  ({ acr: acr ?? acrValues[0], amr: amr ?? ['pwd'] }) satisfies AuthenticationLevel;
