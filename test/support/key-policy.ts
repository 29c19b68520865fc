/** Whether a key's policy allows an action, as IAM reads it: no more of IAM's language than the service's policy has. */

interface KeyStatement {
  readonly Effect: string;
  readonly Principal: { readonly AWS: string };
  readonly Action: string | readonly string[];
  readonly Condition?: { readonly ArnLike: { readonly 'aws:PrincipalArn': string } };
}

/**
 * @param policy JSON
 * @param principal the ARN of a role or user whose own policies allow everything; for a session, that of its role
 * @throws Error for what this does not know of IAM
 */
export function allows(policy: string, principal: string, action: string): boolean {
  const { Statement } = JSON.parse(policy) as { Statement: readonly KeyStatement[] };
  return Statement.some(({ Effect, Principal, Action, Condition }) => {
    const { ArnLike, ...unknown } = Condition ?? { ArnLike: undefined };
    if (Effect !== 'Allow' || Object.keys(unknown).length > 0) throw new Error('more of IAM than is known here');
    const account = Principal.AWS.replace(/:root$/, ':');
    if (!principal.startsWith(account) || ![Action].flat().includes(action)) return false;
    return ArnLike === undefined || arnLike(principal, ArnLike['aws:PrincipalArn']);
  });
}

/** "Each of the six colon-delimited components of the ARN is checked separately and each can include *." */
function arnLike(arn: string, pattern: string): boolean {
  const [given, wanted] = [arn, pattern].map((text) => text.split(':'));
  return (
    given?.length === wanted?.length &&
    (wanted ?? []).every((part, index) => {
      const literals = part.split('*').map((text) => text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
      return new RegExp(`^${literals.join('.*')}$`).test(given?.[index] ?? '');
    })
  );
}
