import type { CorrelationId } from './ids.ts';

/** Where a request came from and when: events and audit entries record it. */
export interface RequestContext {
  readonly correlationId: CorrelationId;
  /** The gateway's own finding, never a header that the client can write (S11). */
  readonly ipAddress: string;
  readonly userAgent: string | null;
  readonly now: Date;
}

/** What made something happen that no request asked for: a command, a deployment, the clock. A request's context is one, too. */
export interface Cause extends Pick<RequestContext, 'correlationId' | 'now'> {
  readonly ipAddress: string | null;
}
