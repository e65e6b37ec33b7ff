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
  return byEvent(services, "produces").get(event) ?? [];
}

/** Services that read an event. */
export function consumersOf({ services }: Domain, event: string): readonly DomainService[] {
  return byEvent(services, "consumes").get(event) ?? [];
}

type ByEvent = ReadonlyMap<string, readonly DomainService[]>;
const indexes = { produces: new WeakMap<readonly DomainService[], ByEvent>(), consumes: new WeakMap<readonly DomainService[], ByEvent>() };

/** The services by the events that they name, in the file's order. Every event asks, so that looking through all of them each time would be quadratic. */
function byEvent(services: readonly DomainService[], key: "produces" | "consumes"): ByEvent {
  const known = indexes[key].get(services);
  if (known) return known;
  const index = new Map<string, DomainService[]>();
  for (const service of services)
    for (const event of new Set(service[key])) {
      const named = index.get(event);
      if (named) named.push(service);
      else index.set(event, [service]);
    }
  indexes[key].set(services, index);
  return index;
}

/** Bytes a second at the peak, before compression and growth. */
export function peakBytesPerS({ peak, size }: DomainEvent): number {
  return peak * size;
}
