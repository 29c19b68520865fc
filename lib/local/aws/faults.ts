/** Faults that tests order: what an operation does wrong, how often, and whether before or after its work. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AwsError, type AwsService } from './service.ts';

const faultSchema = z
  .strictObject({
    service: z.string(),
    /** An operation's name, or `*` for every operation of the service. */
    operation: z.string(),
    error: z
      .strictObject({
        code: z.string().min(1),
        message: z.string().default('A fault ordered for a test'),
        status: z.int().min(400).max(599).default(400),
      })
      .optional(),
    /** The pause before the error, the cut or the work, milliseconds. */
    delay_ms: z.int().nonnegative().max(600_000).default(0),
    /** Cuts the connection without an answer: the caller cannot know the outcome. */
    drop: z.boolean().default(false),
    /** Strikes after the operation has succeeded: the caller sees a failure, although the effect is there. */
    after: z.boolean().default(false),
    /** How many calls it strikes; null means until it is removed. */
    times: z.int().positive().nullable().default(1),
    /** The share of calls it strikes. */
    rate: z.number().gt(0).max(1).default(1),
  })
  .refine(
    (fault) => fault.error !== undefined || fault.drop || fault.delay_ms > 0,
    'give an error, a delay_ms or drop',
  );

export type Fault = z.output<typeof faultSchema>;
export type FaultOrder = z.input<typeof faultSchema>;

export interface Faults {
  /** @throws Error that says what is wrong with the order, such as an unknown operation. */
  order(fault: FaultOrder): void;
  /** The faults that are not used up, in the order given; `times` is counted down. */
  list(): readonly Fault[];
  clear(): void;
  /** How many calls got an error or lost their connection since the faults were cleared. */
  struck(): number;
  /** The fault that strikes this call, if any. The first one ordered wins, and its `times` is counted down. */
  take(service: string, operation: string): Fault | undefined;
}

export function createFaults(services: readonly AwsService[], random: () => number = Math.random): Faults {
  let ordered: Fault[] = [];
  let struck = 0;
  return {
    order(input) {
      const parsed = faultSchema.safeParse(input);
      if (!parsed.success) throw new Error(`Bad fault: ${z.prettifyError(parsed.error)}`);
      const { service: id, operation } = parsed.data;
      const service = services.find((one) => one.id === id);
      if (!service || (operation !== '*' && !Object.hasOwn(service.operations, operation))) {
        throw new Error(`Bad fault: no operation ${id}.${operation} here`);
      }
      ordered.push(parsed.data);
    },
    list: () => ordered,
    clear() {
      ordered = [];
      struck = 0;
    },
    struck: () => struck,
    take(service, operation) {
      const fault = ordered.find(
        (one) =>
          one.service === service && (one.operation === '*' || one.operation === operation) && random() < one.rate,
      );
      if (fault?.error || fault?.drop) struck += 1;
      if (fault && fault.times !== null) {
        fault.times -= 1;
        ordered = ordered.filter((one) => one.times !== 0);
      }
      return fault;
    },
  };
}

/**
 * Carries a fault out.
 * @param signal ends a delay early, for a host that stops
 * @returns whether the connection must be cut
 * @throws AwsError which is the fault's error
 */
export async function strike(fault: Fault, signal: AbortSignal): Promise<boolean> {
  if (fault.delay_ms > 0) await delay(fault.delay_ms, undefined, { signal });
  if (fault.drop) return true;
  if (fault.error) throw new AwsError(fault.error.code, fault.error.message, fault.error.status);
  return false;
}
