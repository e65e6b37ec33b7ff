import { join } from "node:path";
import { inspect } from "node:util";
import { type Clock, type Disk, invariant, type Logger, type MetricFamily, type Net, OttlaError, type Random } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { ControlledClock, FaultyDisk, MemoryDisk } from "@ottla/base/simulated";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { type BrokerPlan, JOURNAL_FILE, openBroker, type ServingBroker } from "../broker.ts";
import type { BrokerState } from "../broker-state.ts";
import { partitionForKey } from "../coordinator/partition-for-key.ts";
import { brokerFamilies, type ProcessView } from "../metrics/broker-families.ts";
import { type BrokerHealth, brokerHealth } from "../metrics/broker-health.ts";
import type { Endpoint, PartitionMetadata } from "../metadata/cluster-metadata.ts";
import { leaderMovedTo, leadersWith, leadersWithout } from "../metadata/leadership.ts";
import { FaultStage } from "../pipeline/faults/fault-stage.ts";
import type { FaultTable } from "../pipeline/faults/fault-table.ts";

import { MEMORY_DIRECTORY, type StartPlan } from "../start-options.ts";
import { type TopicOrder, TopicPlanner } from "../topics/topic-planner.ts";
import { KeptPorts } from "./kept-ports.ts";

/** The real things under what a test controls. */
export interface ControlledDeps {
  readonly clock: Clock;
  readonly net: Net;
  readonly random: Random;
  readonly logger: Logger;
  readonly faults: FaultTable;
  /** Where data is kept when the plan has a directory. */
  readonly disk?: Disk;
  /** As of `startBroker`. */
  readonly onProgress?: NonNullable<BrokerPlan["onProgress"]>;
  readonly signal?: AbortSignal;
}

/** The snapshot that is taken when the broker has started. */
export const START = "start";
const SNAPSHOTS_MAX = 100;
/** Of a transaction that nobody begins. */
const FENCE_TIMEOUT_MS = 60_000;
/** Turns of the loop in which an aborted transaction's markers are written. */
const FENCE_TRIES_MAX = 100_000;

/**
 * A broker, mostly in memory, whose world is in a test's hands: what requests meet, where leaders and coordinators are, which virtual brokers are up, time, disk, and the state
 * that it goes back to. One change of state (a reset, a broker down or back) at a time, in the order of the calls.
 */
export class ControlledBroker {
  readonly faults: FaultTable;
  readonly clock: ControlledClock;
  readonly disk: FaultyDisk;
  readonly nodeIds: readonly number[];
  readonly #deps: ControlledDeps;
  readonly #plan: StartPlan;
  readonly #ports: KeptPorts;
  readonly #snapshots = new Map<string, MemoryDisk>();
  /** Undefined: data is kept on a real disk. */
  #memory: MemoryDisk | undefined;
  #serving: ServingBroker;
  #turn: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  /** Above every leader epoch and producer id that a client may have seen before a reset. */
  #atLeast = { leaderEpoch: 0, producerId: 0 };

  private constructor(
    deps: ControlledDeps,
    plan: StartPlan,
    world: { clock: ControlledClock; disk: FaultyDisk; memory: MemoryDisk | undefined; ports: KeptPorts; serving: ServingBroker },
  ) {
    this.#deps = deps;
    this.#plan = plan;
    this.faults = deps.faults;
    this.clock = world.clock;
    this.disk = world.disk;
    this.#memory = world.memory;
    this.#ports = world.ports;
    this.#serving = world.serving;
    this.nodeIds = world.serving.state.metadata.nodes.map(({ nodeId }) => nodeId);
  }

  /** Starts it. Errors: those of `startBroker`; `NO_SUCH_BROKER`, where a fault that is armed names another. */
  static async start(deps: ControlledDeps, plan: StartPlan): Promise<ControlledBroker> {
    for (const [message, fields] of plan.warnings) deps.logger.warn(message, fields);
    const clock = new ControlledClock(deps.clock);
    const memory = plan.dataDirectory === undefined ? new MemoryDisk({ nowMs: () => clock.nowMs() }) : undefined;
    const below = memory ?? deps.disk;
    invariant(below, "A plan with a data directory comes with a disk.");
    // A test that fills the disk means the logs: leaders can still be moved, as by controllers on machines of their own.
    const journal = join(plan.dataDirectory ?? MEMORY_DIRECTORY, JOURNAL_FILE);
    const disk = new FaultyDisk(below, (path) => path.startsWith(journal));
    const ports = new KeptPorts(deps.net);
    const serving = await open(deps, plan, { clock, disk, ports });
    const broker = new ControlledBroker(deps, plan, { clock, disk, memory, ports, serving });
    try {
      deps.faults.serve(broker.nodeIds);
    } catch (error) {
      await broker.stop();
      throw error;
    }
    if (memory) broker.#take(START);
    return broker;
  }

  /** `host:port` of every virtual broker, up or down; the same for life. */
  get bootstrap(): string {
    return this.#serving.bootstrap;
  }

  /** Where a virtual broker is found, the first one unless given; also while it is down. Errors: `NO_SUCH_BROKER`. */
  address(nodeId: number = this.nodeIds[0]!): Endpoint {
    this.#checkNode(nodeId);
    const text = this.bootstrap.split(",")[this.nodeIds.indexOf(nodeId)]!;
    const colon = text.lastIndexOf(":");
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
  }

  /** The broker's inside, until the next reset. */
  get state(): BrokerState {
    return this.#serving.state;
  }

  /** As of a `RunningBroker`. */
  metrics(process: ProcessView): MetricFamily[] {
    return brokerFamilies(this.#serving, process);
  }

  /** How it is now. */
  health(): BrokerHealth {
    return brokerHealth(this.#serving.state);
  }

  isUp(nodeId: number): boolean {
    this.#checkNode(nodeId);
    return this.#serving.nodes.isUp(nodeId) === true;
  }

  /** Creates topics, all or none, as a client's request would. Rejects with the `KafkaError` of the first that cannot be. */
  createTopics(orders: readonly TopicOrder[]): Promise<void> {
    return this.#inTurn(() =>
      this.state.controller.change(() => {
        const planner = new TopicPlanner(this.state);
        return orders.map((order) => {
          const planned = planner.plan(order);
          if (planned.kind === "refused")
            throw new KafkaError(planned.errorCode, `Topic "${order.name}" cannot be created: ${planned.message}`);
          return planned;
        });
      }),
    );
  }

  /** Who leads a partition; undefined when nobody can. Errors: `NO_SUCH_PARTITION`. */
  leaderOf(topic: string, partition: number): number | undefined {
    const { leader } = this.#partition(topic, partition);
    return leader < 0 ? undefined : leader;
  }

  /** Makes a virtual broker the leader of a partition, with or without a replica there; clients find out by an error. Errors: `NO_SUCH_PARTITION`, `NO_SUCH_BROKER`, `BROKER_DOWN`. */
  moveLeader(topic: string, partition: number, nodeId: number): Promise<void> {
    return this.#inTurn(() => this.#move(topic, partition, nodeId));
  }

  /** Makes a virtual broker coordinate a group. Resolves when it is ready to. Errors: `NO_SUCH_BROKER`, `BROKER_DOWN`. */
  moveGroupCoordinator(groupId: string, nodeId: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#checkUp(nodeId);
      await this.state.groups.coordinatorOf(groupId);
      await this.#move("__consumer_offsets", this.#internalPartition("__consumer_offsets", groupId), nodeId);
      await this.state.groups.ready();
    });
  }

  /** As {@link ControlledBroker.moveGroupCoordinator}, of a transactional id. */
  moveTransactionCoordinator(transactionalId: string, nodeId: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#checkUp(nodeId);
      await this.state.transactions.coordinatorOf(transactionalId);
      await this.#move("__transaction_state", this.#internalPartition("__transaction_state", transactionalId), nodeId);
      await this.state.transactions.ready();
    });
  }

  /** The node that coordinates a transactional id; undefined while nobody does. */
  transactionCoordinatorOf(transactionalId: string): number | undefined {
    const nodeId = this.state.transactions.knownCoordinatorOf(transactionalId) ?? -1;
    return nodeId < 0 ? undefined : nodeId;
  }

  /**
   * Does what another program does that starts with the same transactional id: an open transaction is aborted, and whoever had the id hears PRODUCER_FENCED or
   * INVALID_PRODUCER_EPOCH. Rejects with the coordinator's `KafkaError`.
   */
  fence(transactionalId: string): Promise<void> {
    return this.#inTurn(async () => {
      const { transactions, clock } = this.state;
      for (let tries = 0; ; tries++) {
        const nodeId = await transactions.coordinatorOf(transactionalId);
        await transactions.ready();
        const { errorCode } = await transactions.initProducer({
          transactionalId,
          nodeId,
          timeoutMs: FENCE_TIMEOUT_MS,
          expected: undefined,
        });
        if (errorCode === ErrorCode.NONE) return;
        // The transaction that was open is being aborted.
        if (errorCode !== ErrorCode.CONCURRENT_TRANSACTIONS || tries >= FENCE_TRIES_MAX) throw new KafkaError(errorCode);
        await new Promise<void>((resolve) => clock.nextTurn(resolve));
      }
    });
  }

  /** The node that coordinates a group; undefined while nobody does. */
  coordinatorOf(groupId: string): number | undefined {
    const { metadata } = this.state;
    const leader = metadata.topic("__consumer_offsets")?.partitions[this.#internalPartition("__consumer_offsets", groupId)]?.leader ?? -1;
    return leader < 0 ? undefined : leader;
  }

  /** The broker is gone as if killed: its port refuses, its connections break, and others lead what it led, where they have a replica. Twice is fine. */
  takeDown(nodeId: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#checkNode(nodeId);
      if (!this.isUp(nodeId)) return;
      await this.#serving.nodes.takeDown(nodeId);
      await this.state.controller.change(() => leadersWithout(this.state.metadata, nodeId));
    });
  }

  /** It is back on its port, and leads what nobody else could. Twice is fine. */
  bringUp(nodeId: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#checkNode(nodeId);
      if (this.isUp(nodeId)) return;
      await this.#serving.nodes.bringUp(nodeId);
      await this.state.controller.change(() => leadersWith(this.state.metadata, nodeId));
    });
  }

  /** Breaks the connections of one virtual broker at once; it takes others. Errors: `NO_SUCH_BROKER`. */
  dropConnections(nodeId: number): void {
    this.#checkNode(nodeId);
    this.#serving.nodes.dropConnections(nodeId);
  }

  /** Forgets all fetch sessions: each client hears FETCH_SESSION_ID_NOT_FOUND, and opens another. */
  expireFetchSessions(): void {
    this.state.fetches.sessions.closeAll();
  }

  /** Keeps topics, records, groups and configs under a name, in place of an older one of that name. Errors: `TOO_MANY_SNAPSHOTS`, `NOT_IN_MEMORY`. */
  snapshot(name: string): Promise<void> {
    return this.#inTurn(async () => this.#take(name));
  }

  /**
   * Goes back to a snapshot: the broker is started anew on it, on the same ports. Faults are removed, every virtual broker is up, time runs, the disk is whole.
   * Connections are closed, so that nothing of before can arrive. Errors: `NO_SUCH_SNAPSHOT`, `NOT_IN_MEMORY`.
   */
  reset(name: string): Promise<void> {
    return this.#inTurn(() => this.#reset(name));
  }

  /** Closes connections and ports. Twice is fine. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await this.#turn.catch(() => {});
    this.#mend();
    await this.#serving.stop();
    await this.#ports.release();
  }

  async #reset(name: string): Promise<void> {
    const snapshot = this.#snapshots.get(name);
    this.#inMemory();
    if (!snapshot)
      throw new OttlaError("NO_SUCH_SNAPSHOT", `There is no snapshot "${name}"; there are ${[...this.#snapshots.keys()].join(", ")}.`);
    this.#mend();
    this.#noteWhatWasTold();
    this.#ports.keep();
    await this.#serving.abandon();
    this.#memory = snapshot.copy();
    this.disk.standOn(this.#memory);
    this.#ports.giveOutAgain();
    this.#serving = await open(this.#deps, this.#plan, { clock: this.clock, disk: this.disk, ports: this.#ports }, this.#atLeast);
  }

  /** What a client knows must not come again with another meaning. */
  #noteWhatWasTold(): void {
    const { metadata } = this.state;
    let { leaderEpoch, producerId } = this.#atLeast;
    for (const { partitions } of metadata.topics()) {
      for (const partition of partitions) leaderEpoch = Math.max(leaderEpoch, partition.leaderEpoch + 1);
    }
    producerId = Math.max(producerId, metadata.nextProducerId);
    this.#atLeast = { leaderEpoch, producerId };
  }

  #mend(): void {
    this.faults.clear();
    this.clock.restore();
    this.disk.mend();
  }

  #take(name: string): void {
    if (!this.#snapshots.has(name) && this.#snapshots.size >= SNAPSHOTS_MAX)
      throw new OttlaError(
        "TOO_MANY_SNAPSHOTS",
        `There are ${SNAPSHOTS_MAX} snapshots, which is the most; take one again under a name that there is.`,
      );
    this.#snapshots.set(name, this.#inMemory().copy());
  }

  #inMemory(): MemoryDisk {
    if (!this.#memory)
      throw new OttlaError("NOT_IN_MEMORY", "Only a broker that keeps everything in memory has snapshots; start it with --memory.");
    return this.#memory;
  }

  async #move(topic: string, index: number, nodeId: number): Promise<void> {
    this.#checkUp(nodeId);
    await this.state.controller.change(() => {
      const partition = this.#partition(topic, index);
      return leaderMovedTo(this.state.metadata.topic(topic)!.topicId, partition, nodeId);
    });
  }

  #partition(topic: string, index: number): PartitionMetadata {
    const found = this.state.metadata.topic(topic)?.partitions[index];
    if (!found) throw new OttlaError("NO_SUCH_PARTITION", `There is no partition ${index} of a topic "${topic}".`);
    return found;
  }

  #internalPartition(topic: string, key: string): number {
    return partitionForKey(key, this.state.metadata.topic(topic)?.partitions.length ?? 1);
  }

  #checkNode(nodeId: number): void {
    if (!this.nodeIds.includes(nodeId))
      throw new OttlaError("NO_SUCH_BROKER", `There is no virtual broker ${inspect(nodeId)}; there are ${this.nodeIds.join(", ")}.`);
  }

  #checkUp(nodeId: number): void {
    this.#checkNode(nodeId);
    if (!this.isUp(nodeId)) throw new OttlaError("BROKER_DOWN", `The virtual broker ${nodeId} is down; bring it up first.`);
  }

  /** One after another; none after the stop. */
  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#isStopped) return Promise.reject(new OttlaError("BROKER_STOPPED", "The broker was stopped."));
    const result = this.#turn.then(run, run);
    this.#turn = result.catch(() => {});
    return result;
  }
}

function open(
  { faults, random, logger, onProgress, signal }: ControlledDeps,
  plan: StartPlan,
  { clock, disk, ports }: { readonly clock: ControlledClock; readonly disk: FaultyDisk; readonly ports: KeptPorts },
  atLeast?: BrokerPlan["atLeast"],
): Promise<ServingBroker> {
  return openBroker(
    { clock, disk, net: ports, random, logger, readFile: (path) => nodeDisk.readFile(path) },
    {
      dataDirectory: plan.dataDirectory ?? MEMORY_DIRECTORY,
      settings: plan.settings,
      brokers: plan.brokers,
      mayAdvertiseAccepted: plan.mayAdvertiseAccepted,
      faults: (deps) => new FaultStage(faults, deps),
      ...(atLeast && { atLeast }),
      scramUsers: plan.scramUsers,
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    },
  );
}
