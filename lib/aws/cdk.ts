/** What another CDK app imports, as `@huleedu/identity/cdk` (README, "In your own CDK app"). */
export { IdentityBackupVault, type IdentityBackupVaultProps } from './backup-copy.ts';
export { EventRules, type EventRulesProps } from './event-rules.ts';
export { FIREWALL_REGION, IdentityFirewall, type IdentityFirewallProps } from './firewall.ts';
export { IdentityService, type IdentityServiceProps } from './identity-service.ts';
export { TokenAuthorizer, type TokenAuthorizerProps } from './token-authorizer.ts';
