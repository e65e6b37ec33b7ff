import type { DomainCluster, EventFields, ServiceFields } from "./domain-specs.ts";

/** A kind of event, complete. */
export interface DomainEvent extends Omit<EventFields, "peak" | "maxSize"> {
  readonly name: string;
  readonly peak: number;
  readonly maxSize: number;
}

/** A service, complete. */
export interface DomainService extends Omit<ServiceFields, "group" | "principal"> {
  readonly name: string;
  readonly group: string;
  readonly principal: string;
}

/** What a design file says; quantities in base units. */
export interface Domain {
  readonly system: string;
  readonly cluster: DomainCluster;
  readonly events: readonly DomainEvent[];
  readonly services: readonly DomainService[];
}

/** What is wrong with a design file, where, and what to do. */
export interface DomainIssue {
  /** From 1; undefined when it is about the file as a whole. */
  readonly line: number | undefined;
  /** `events.orders.order.created.rate`; empty for the file. */
  readonly path: string;
  readonly message: string;
}

/** Services that write an event. */
export function producersOf({ services }: Domain, event: string): readonly DomainService[] {
  return services.filter(({ produces }) => produces.includes(event));
}

/** Services that read an event. */
export function consumersOf({ services }: Domain, event: string): readonly DomainService[] {
  return services.filter(({ consumes }) => consumes.includes(event));
}

/** Bytes a second at the peak, before compression and growth. */
export function peakBytesPerS({ peak, size }: DomainEvent): number {
  return peak * size;
}
