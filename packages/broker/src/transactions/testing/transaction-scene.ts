import { silentLogger } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { MemoryLog } from "../../coordinator/testing/memory-log.ts";
import type { TransactionConfig } from "../transaction-config.ts";
import { NO_PARTITIONS, type Transaction } from "../transaction.ts";
import { TransactionCoordinator } from "../transaction-coordinator.ts";
import { encodeRecord } from "../transaction-record-codec.ts";
import { RecordedMarkers } from "./recorded-markers.ts";

export const NODE_ID = 1;

const DEFAULT_CONFIG: TransactionConfig = {
  serverVersion: 2,
  maxTimeoutMs: 900_000,
  abortRetryMs: 10_000,
  idExpirationMs: 7 * 24 * 3_600_000,
  idExpirationCheckIntervalMs: 3_600_000,
  heldBytesMax: 1_000_000,
};

/** A transaction coordinator on a log in memory and a clock in the hand; its markers are recorded. */
export class TransactionScene {
  readonly clock: SimulatedClock = new SimulatedClock();
  readonly log: MemoryLog;
  readonly markers: RecordedMarkers = new RecordedMarkers();
  config: TransactionConfig = DEFAULT_CONFIG;
  /** Raised by whoever moves a leader. */
  coordinatorEpoch = 0;
  /** While set, no producer id can be reserved. */
  producerIdFailure: Error | undefined;
  #nextProducerId = 1000;
  coordinator: TransactionCoordinator;

  constructor(log: MemoryLog = new MemoryLog()) {
    this.log = log;
    this.coordinator = this.#newCoordinator();
  }

  /** A scene whose coordinator has loaded. */
  static async open(log?: MemoryLog): Promise<TransactionScene> {
    const scene = new TransactionScene(log);
    await scene.coordinator.start();
    return scene;
  }

  /** A new coordinator finds nothing but the log. */
  async restart(): Promise<void> {
    this.coordinator.stop();
    this.coordinatorEpoch++;
    this.coordinator = this.#newCoordinator();
    await this.coordinator.start();
  }

  /** Puts an unused id with this epoch and a new producer id into the log. */
  putLast(transactionalId: string, producerEpoch: number): void {
    const value: Transaction = {
      state: "Empty",
      producerId: this.#nextProducerId++,
      previousProducerId: -1,
      nextProducerId: -1,
      producerEpoch,
      lastProducerEpoch: -1,
      timeoutMs: 60_000,
      partitions: NO_PARTITIONS,
      lastUpdateMs: this.clock.nowMs(),
      startMs: -1,
      clientVersion: 0,
    };
    this.log.append(0, [encodeRecord({ transactionalId, value }, 1)]);
  }

  #newCoordinator(): TransactionCoordinator {
    return new TransactionCoordinator({
      clock: this.clock,
      logger: silentLogger,
      log: this.log,
      markers: this.markers,
      nextProducerId: async () => {
        if (this.producerIdFailure) throw this.producerIdFailure;
        return this.#nextProducerId++;
      },
      coordinatorEpoch: () => this.coordinatorEpoch,
      config: () => this.config,
    });
  }
}
