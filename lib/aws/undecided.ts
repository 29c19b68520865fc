/** What whoever deploys a stage has to decide before the first deployment, since no default is right for everybody. */
import type { StageSettings } from '../service/config.ts';

/** Each open decision: the setting, and what to set. */
function undecided({ service: { mail }, deployment: { alarms, edge, retainData } }: StageSettings): string[] {
  return [
    // RFC 2606 §3: nobody can verify these domains, so SES would send nothing.
    ...(retainData && /@(?:[^@]+\.)?example\.(?:com|net|org)$/i.test(mail.sender)
      ? [
          `service.mail.sender: SES sends no mail as ${mail.sender}: name an address of a domain that you verified in SES`,
        ]
      : []),
    ...(alarms.on && alarms.emails.length === 0 && !alarms.topicArn
      ? [
          'deployment.alarms.emails: nobody would receive the alarms: name the addresses of the people on call, ' +
            'or in deployment.alarms.topicArn a topic that reaches them',
        ]
      : []),
    ...(edge && !edge.domain && !edge.withoutDomain
      ? [
          'deployment.edge.domain: the issuer is in every token: name a domain of your own, or set ' +
            'deployment.edge.withoutDomain if CloudFront’s name is meant',
        ]
      : []),
  ];
}

/** @throws Error with one line for each setting that has to be decided */
export function refuseUndecided(settings: StageSettings): void {
  const open = undecided(settings);
  if (open.length === 0) return;
  throw new Error(`Stage ${settings.stage} needs decisions:\n${open.map((line) => `  ${line}`).join('\n')}`);
}
