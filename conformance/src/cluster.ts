/** Which broker a test talks to. */
export type ClusterKind = "ottla" | "kafka";

/** How a cluster is started. */
export interface StartOptions {
  /** Nodes of Apache Kafka, virtual brokers of Ottla. Default 1. */
  readonly brokers?: 1 | 3;
  /** Broker properties by Kafka's names. */
  readonly config?: Readonly<Record<string, string>>;
  /** What one node has otherwise, by its id. Apache Kafka's only. */
  readonly nodeConfig?: (id: number) => Readonly<Record<string, string>>;
  /** The names of listeners beside PLAINTEXT, each at free ports; what they speak is in `config`. Apache Kafka's only. */
  readonly listeners?: readonly string[];
  /** `-DNAME=VALUE`. Apache Kafka's only. */
  readonly javaProperties?: Readonly<Record<string, string>>;
  /** More arguments of a node's JVM, as an agent, by its id. Apache Kafka's only. */
  readonly jvmArguments?: (id: number) => readonly string[];
  /** Jars before Kafka's own. Apache Kafka's only. */
  readonly classPathBefore?: string;
  /** A folder to keep the data in. Default: a temporary one that goes with the cluster. */
  readonly dataDir?: string;
  /** Faults in the words of `ottla dev --faults-file`. Ours only. */
  readonly faults?: readonly object[];
  /** Nothing on the disk. Ours only. */
  readonly isInMemory?: boolean;
  /** Is told the ports of the nodes before any of them starts. Apache Kafka's only. */
  readonly onPorts?: (ports: readonly number[]) => void;
  /** The port of the first broker. Default: any free one. */
  readonly port?: number;
  /** Serves metrics there, 0 at any free port. Ours only. */
  readonly metricsPort?: number;
  /** As Kafka's own start script sets the JVM up, for measurements. Default: small and quick to start, for tests. */
  readonly production?: boolean;
}

/** How a node is started this time. */
export interface NodeChanges {
  readonly config?: Readonly<Record<string, string>>;
  /** What starts the JVM, with what goes before its own arguments, as `unshare -m`; it has to become the JVM (exec). */
  readonly launcher?: readonly [string, ...string[]];
}

/** A cluster that accepts connections. */
export interface RunningCluster {
  readonly kind: ClusterKind;
  readonly brokers: number;
  /** Kafka's `bootstrap.servers`. */
  readonly bootstrap: string;
  /** The same of further listeners, by their names. */
  readonly bootstraps?: Readonly<Record<string, string>>;
  readonly pids: readonly number[];
  /** Where metrics are served, if they are. */
  readonly metricsAddress?: string;
  /** From the start of the process to the first Metadata answer that shows all brokers. */
  readonly startMs: number;
  /** CPU time of the processes until then. */
  readonly startCpuSeconds: number;
  /** The folders that hold the partitions' folders. */
  readonly dataFolders: readonly string[];
  outputTail(): string;
  /** SIGKILL to one node, counted from 1. Apache Kafka's only. */
  killNode?(id: number): Promise<void>;
  /** Starts a killed node again on its data, with what is different this time; returns when the process runs, not when it serves. Apache Kafka's only. */
  startNode?(id: number, changes?: NodeChanges): void;
  /** SIGTERM, then waits; removes a temporary data folder. */
  stop(): Promise<void>;
  /** SIGKILL, then as {@link stop}. */
  kill(): Promise<void>;
}
