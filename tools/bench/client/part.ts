import type { ClusterKind } from "@ottla/conformance/cluster";
import { startCluster } from "@ottla/conformance/target";
import { PeerTable } from "./peer-table.ts";
import type { PeerName, Peers } from "./peers.ts";

/** How much is run. */
export interface ClientBenchOptions {
  /** Small sizes and one round: shows that it works, gives no figures to quote. */
  readonly quick: boolean;
  readonly rounds: number;
  readonly peers: Peers;
  /** Only workloads whose name contains this. */
  readonly workload: string;
}

/** One selectable part of `npm run bench -- client`: measures on one broker and fills the table of its section. */
export interface ClientBenchPart {
  readonly title: string;
  run(options: ClientBenchOptions, bootstrap: string, table: PeerTable): Promise<void>;
}

const brokerConfig = {
  "group.initial.rebalance.delay.ms": "0",
  "offsets.topic.num.partitions": "1",
  "transaction.state.log.num.partitions": "1",
};

/** Runs a part on a broker of its own; gives the Markdown of its section. */
export async function runPart(part: ClientBenchPart, kind: ClusterKind, options: ClientBenchOptions): Promise<string> {
  const cluster = await startCluster(kind, { production: true, config: brokerConfig });
  const table = new PeerTable(kind);
  try {
    await part.run(options, cluster.bootstrap, table);
  } finally {
    await cluster.stop();
  }
  return [table.toMarkdown(options.peers.names), ...options.peers.skipped.map((each) => `Skipped: ${each}`)].join("\n\n");
}

/** Calls `measure` for each client in turn, `rounds` times, every other time the other way round: a slow minute of the machine hits all. */
export async function inTurns(options: ClientBenchOptions, measure: (peer: PeerName) => Promise<void>): Promise<void> {
  const { names } = options.peers;
  for (let round = 0; round < options.rounds; round++) {
    for (const peer of round % 2 === 0 ? names : names.toReversed()) await measure(peer);
  }
}
