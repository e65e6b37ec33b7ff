import type { Client, ClientOptions } from "@ottla/client";
import type { FaultHandle } from "./fault-handle.ts";
import type { ApiName, FaultHooks, FaultMatch, FaultSpec, SeenRequest } from "@ottla/broker/controlled";
import type { GroupHandle } from "./group-handle.ts";
import type { TopicHandle, TopicOptions } from "./topic-handle.ts";
import type { TransactionHandle } from "./transaction-handle.ts";
import type { BrokerHandle } from "./broker-handle.ts";
import type { ClockHandle, DiskHandle } from "./world.ts";
import type { UntilOptions } from "./waits.ts";

/**
 * A Kafka in the test process, and everything that a test may do to it.
 *
 * What the kit itself asks of the broker (`topic`, `group`, `until`) meets no fault and counts for none.
 */
export interface Kafka extends AsyncDisposable {
  /** `host:port` of every virtual broker, comma-separated; the same for life, also while one is down. */
  readonly bootstrapServers: string;
  /** Node ids of the virtual brokers. */
  readonly nodeIds: readonly number[];
  /** The broker's time, and only that. */
  readonly clock: ClockHandle;
  readonly disk: DiskHandle;

  /** A client of this broker, with short pauses between tries. It is closed with the broker, or before. */
  client(options?: Omit<ClientOptions, "bootstrapServers">): Client;
  broker(nodeId: number): BrokerHandle;
  topic(name: string): TopicHandle;
  group(groupId: string): GroupHandle;
  transaction(transactionalId: string): TransactionHandle;
  /** Creates topics: a number of partitions each, or more. Rejects with the broker's `KafkaError`. */
  createTopics(topics: Readonly<Record<string, number | TopicOptions>>): Promise<void>;

  /** Lets something go wrong with requests; see {@link FaultSpec}. Throws `INVALID_FAULT`, which names the field and the near name. */
  fault(spec: FaultSpec & FaultHooks): FaultHandle;
  /** Watches requests, changing none. */
  observe(match?: FaultMatch, onRequest?: (request: SeenRequest) => void): FaultHandle;
  /**
   * Tells clients that the broker knows no later versions of these APIs, until the fault is removed: `{ Produce: 8, Fetch: 11 }` is a Kafka of before 2.5 to many. Null leaves an API out.
   * Clients hear of it with their next connection; who sends a later version all the same is served.
   */
  limitVersions(latest: Readonly<Partial<Record<ApiName, number | null>>>): FaultHandle;
  /** Those that were not removed, oldest first. */
  faults(): readonly FaultHandle[];
  /** Removes all faults. */
  clearFaults(): void;
  /** Forgets all fetch sessions: consumers hear FETCH_SESSION_ID_NOT_FOUND, and open others. */
  expireFetchSessions(): void;

  /** Waits until `holds` gives something truthy, and gives that. It is asked again after whatever happens at the broker. Rejects with `WAITED_TOO_LONG`, which says what was seen last. */
  until<Value>(what: string, holds: () => Value | Promise<Value>, options?: UntilOptions): Promise<NonNullable<Value>>;

  /** Keeps topics, records, groups and configs under a name; default "default". In well under a millisecond for a test's data. */
  snapshot(name?: string): Promise<void>;
  /**
   * Goes back to a snapshot; without a name to the one named "default", or, when there is none, to the start with the topics of the options. In milliseconds. Connections are closed,
   * so that nothing of one test arrives in the next; clients find the broker where it was. Faults are removed, all brokers are up, time runs, the disk is whole.
   */
  reset(name?: string): Promise<void>;

  /**
   * Closes clients, connections and ports, and leaves no handle open. Twice is fine. Rejects, when all is closed, with `HOOK_FAILED` where a function of a fault threw and nobody was told
   * by {@link FaultHandle.hit}.
   */
  stop(): Promise<void>;
}
