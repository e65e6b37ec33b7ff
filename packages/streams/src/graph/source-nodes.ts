import { StreamsError } from "../streams-error.ts";
import type { TableSource } from "../processors/tables/table-source.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { OffsetReset, TimestampExtractor } from "../topology/parts.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import type { OperatorSupplier } from "../processors/operator.ts";
import { GraphNode } from "./graph-node.ts";

/** How topics are read. */
export interface Consumed {
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  readonly timestamp: TimestampExtractor | undefined;
  readonly offsetReset: OffsetReset | undefined;
}

/** Topics that are read as a stream. */
export class StreamSourceNode extends GraphNode {
  readonly topics: readonly string[];
  readonly pattern: RegExp | undefined;
  readonly #consumed: Consumed;

  constructor(name: string, topics: readonly string[] | RegExp, consumed: Consumed) {
    super(name);
    this.pattern = topics instanceof RegExp ? topics : undefined;
    this.topics = topics instanceof RegExp ? [] : [...new Set(topics)];
    this.#consumed = consumed;
  }

  /** Takes over all that follows another source of the same topics. */
  absorb(other: StreamSourceNode): void {
    if (JSON.stringify(this.#consumed.offsetReset) !== JSON.stringify(other.#consumed.offsetReset)) {
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `Sources ${this.name} and ${other.name} read the same topics (${this.topics.join(", ")}) with different offset resets: give both the same.`,
      );
    }
    const unlike = unlikeReading(this.#consumed, other.#consumed);
    if (unlike !== undefined) {
      const topics = this.pattern === undefined ? this.topics.join(", ") : String(this.pattern);
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `Sources ${this.name} and ${other.name} read the same topics (${topics}) with different ${unlike}: each record is read once, so give both the same.`,
      );
    }
    for (const child of [...other.children]) {
      other.removeChild(child);
      this.addChild(child);
    }
  }

  override write(topology: TopologyBuilder): void {
    topology.addSource({ name: this.name, topics: this.topics, pattern: this.pattern, ...this.#consumed });
  }
}

/** By what two sources would read a record differently. (Java takes the first one's for both.) Functions may be alike that are not the same. */
function unlikeReading(one: Consumed, other: Consumed): string | undefined {
  for (const part of ["key", "value"] as const)
    if (one[part]?.name !== other[part]?.name) return `serdes for their ${part}s, ${one[part]?.name} and ${other[part]?.name}`;
  return (one.timestamp === undefined) === (other.timestamp === undefined) ? undefined : "timestamp extractors";
}

/** What a {@link TableSourceNode} is made with. */
export interface TableSourceOptions {
  /** Of the processor, which is the table's. */
  readonly name: string;
  readonly sourceName: string;
  readonly topic: string;
  readonly consumed: Consumed;
  readonly table: TableSource;
  readonly store: () => StoreBuilder;
  readonly isGlobal: boolean;
}

/** A topic that is read as a table: a source and a processor. */
export class TableSourceNode extends GraphNode {
  readonly #options: TableSourceOptions;
  #reusesTopic = false;

  constructor(options: TableSourceOptions) {
    super(options.name);
    this.#options = options;
  }

  /** Lets the topic itself serve as changelog of the store. */
  reuseTopic(): void {
    this.#reusesTopic = true;
  }

  override write(topology: TopologyBuilder): void {
    const { name, sourceName, topic, consumed, table, store, isGlobal } = this.#options;
    const source = { name: sourceName, topics: [topic], pattern: undefined, ...consumed };
    if (isGlobal) {
      topology.addGlobalStore(store(), source, name, () => table.create(), true);
      return;
    }
    topology.addSource(source);
    topology.addProcessor(name, () => table.create(), [sourceName]);
    if (!table.isMaterialized) return;
    const builder = store();
    topology.addStateStore(builder, [name]);
    if (this.#reusesTopic) topology.useSourceAsChangelog(builder.name, topic);
  }
}

/** What a {@link GlobalStoreNode} is made with. */
export interface GlobalStoreOptions extends Pick<TableSourceOptions, "name" | "sourceName" | "topic" | "consumed"> {
  readonly store: StoreBuilder;
  readonly supplier: OperatorSupplier;
}

/** A topic that every instance reads whole into a store, through a processor of the user's. */
export class GlobalStoreNode extends GraphNode {
  readonly #options: GlobalStoreOptions;

  constructor(options: GlobalStoreOptions) {
    super(options.name);
    this.#options = options;
  }

  override write(topology: TopologyBuilder): void {
    const { name, sourceName, topic, consumed, store, supplier } = this.#options;
    topology.addGlobalStore(store, { name: sourceName, topics: [topic], pattern: undefined, ...consumed }, name, supplier);
  }
}
