import type { OperatorSupplier } from "../processors/operator.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { StreamsError } from "../streams-error.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import { ProcessorNode } from "./processor-node.ts";

/** A stream joined with a table, and where its records wait if the join has a grace: the table has to keep at least as much history as that. */
export class StreamTableJoinNode extends ProcessorNode {
  readonly #tableStores: () => readonly string[];
  readonly #graceMs: number | undefined;

  constructor(
    name: string,
    supplier: OperatorSupplier,
    tableStores: () => readonly string[],
    waiting: StoreBuilder | undefined,
    graceMs: number | undefined,
  ) {
    super(name, supplier, { connected: tableStores, own: () => (waiting === undefined ? [] : [waiting]) });
    this.#tableStores = tableStores;
    this.#graceMs = graceMs;
  }

  /** Throws `STREAMS_TOPOLOGY` where the table forgets, before the grace is over, what the join would ask for. */
  override write(topology: TopologyBuilder): void {
    super.write(topology);
    const graceMs = this.#graceMs;
    if (graceMs === undefined) return;
    for (const name of this.#tableStores()) {
      const historyRetentionMs = topology.stores.get(name)?.builder.historyRetentionMs;
      if (historyRetentionMs === undefined) {
        throw new StreamsError(
          "STREAMS_TOPOLOGY",
          `${this.name} joins with a grace, which needs a versioned table: give the table of store ${name} a historyRetentionMs.`,
          { place: { node: this.name } },
        );
      }
      if (graceMs > historyRetentionMs) {
        throw new StreamsError(
          "STREAMS_TOPOLOGY",
          `${this.name} joins with a grace of ${graceMs} ms, and store ${name} keeps ${historyRetentionMs} ms of history: give it a historyRetentionMs of at least the grace.`,
          { place: { node: this.name } },
        );
      }
    }
  }
}
