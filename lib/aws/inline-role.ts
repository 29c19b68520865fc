/** A role that holds its permissions itself. CDK's own puts them into a policy beside it: one more resource for each function. */
import {
  type AddToPrincipalPolicyResult,
  PolicyDocument,
  type PolicyStatement,
  Role,
  type RoleProps,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export class InlineRole extends Role {
  readonly #may: PolicyDocument;

  constructor(scope: Construct, id: string, props: RoleProps) {
    const may = new PolicyDocument();
    super(scope, id, { ...props, inlinePolicies: { may } });
    this.#may = may;
  }

  /** Grants of any construct come here. */
  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.#may.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}
