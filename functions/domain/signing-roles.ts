/**
 * The path of the roles that may sign in a stage's name. IAM makes their names; a path needs none, so the same stage in two
 * Regions of an account does not clash, nor does a role with the one that takes its place.
 *
 * It is in a role's ARN, and so in `aws:PrincipalArn` of whoever has the role: "the ARN of the role, not of the user that
 * assumed the role". Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */
export const signingRolePath = (stage: string) => `/identity-${stage}/sign/`;
