/** Which functions of the table a stage has, and what they are there for. */
import type { StageSettings } from './config.ts';
import { type FunctionSpec, functions, type Trigger } from './functions.ts';

type Part = Extract<Trigger, { kind: 'resource' }>['of'];

/** Whether CloudFormation has the function make or end this part of the stack. */
export const makes =
  (part: Part) =>
  ({ triggers }: FunctionSpec): boolean =>
    triggers.some((trigger) => trigger.kind === 'resource' && trigger.of === part);

/** Whether a schedule or an event invokes it, so that no caller notices when it fails. */
export const isUnattended = ({ triggers }: FunctionSpec): boolean =>
  triggers.some(({ kind }) => kind === 'schedule' || kind === 'events');

/** Whether the stage has what the function is for; any other function is part of every stage. */
export const isPartOf = ({ retainData, edge, auditExport }: StageSettings['deployment'], spec: FunctionSpec): boolean =>
  (!retainData || !makes('signing-keys')(spec)) &&
  (edge !== undefined || !makes('edge-secret')(spec)) &&
  (auditExport !== undefined || !spec.may.includes('archive'));

export const functionsOf = ({ deployment }: Pick<StageSettings, 'deployment'>): readonly FunctionSpec[] =>
  functions.filter((spec) => isPartOf(deployment, spec));
