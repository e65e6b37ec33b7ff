import { RecordBatchBuilder, setProducerState } from "@ottla/protocol/records";
import type { Probe } from "../answers/probe.ts";

/** A request that is asked under every ACL; it leaves nothing behind that changes an answer. */
export interface GuardedRequest {
  readonly name: string;
  readonly ask: (probe: Probe, cell: number) => Promise<unknown>;
  /** Why the answers differ, where they rightly do. */
  readonly differs?: string;
}

export const PRODUCER = { producerId: 987_654, producerEpoch: 3 };
export const GROUP = "group";
export const ID = "transactional";

/** Two topics that are there, `seen` being the one that ACLs name, and one that is not. */
export const topicsOf = (probe: Probe): string[] => ["seen", "other", "missing"].map((name) => probe.named(name));

export function transactional(): Buffer {
  const builder = new RecordBatchBuilder({ limitBytes: 10_000, isTransactional: true });
  builder.append(null, Buffer.from("a"), [], Date.now());
  const bytes = builder.close("none");
  setProducerState(bytes, 0, PRODUCER.producerId, PRODUCER.producerEpoch, 0);
  return bytes;
}

export function request(name: string, ask: GuardedRequest["ask"]): GuardedRequest {
  return { name, ask };
}

export const partition0 = [0];
