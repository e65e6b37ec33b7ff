import type { Clock, Disk, Logger } from "@ottla/base";
import { silentLogger } from "@ottla/base";
import { nodeNet, systemClock } from "@ottla/base/node";
import { MemoryDisk, SeededRandom } from "@ottla/base/simulated";
import type { Api } from "@ottla/protocol";
import type { Endpoint } from "../metadata/cluster-metadata.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";
import { openBroker, type ServingBroker } from "../broker.ts";
import { FaultStage } from "../pipeline/faults/fault-stage.ts";
import type { FaultTable } from "../pipeline/faults/fault-table.ts";
import type { StartUpUser } from "../security/authentication/start-up-users.ts";
import { sendOnce } from "./send-once.ts";

export interface TestBrokerOptions {
  /** Start-up properties beside the listener. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Virtual brokers. */
  readonly brokers?: number;
  /** A disk to start on, as an earlier broker left it. */
  readonly disk?: Disk;
  readonly logger?: Logger;
  /** Instead of the system's. */
  readonly clock?: Clock;
  /** Of what comes by chance, such as ids: another one for each start on one disk. */
  readonly seed?: number;
  /** Breaks the start off. */
  readonly signal?: AbortSignal;
  /** Users who log in by SCRAM. */
  readonly scramUsers?: readonly StartUpUser[];
  /** What may go wrong. */
  readonly faults?: FaultTable;
}

/** A whole broker in the test process on a free port, its files in memory. Stop it: `await using broker = await TestBroker.start()`. */
export class TestBroker {
  /** With its inner state, for what cannot be seen from outside. */
  readonly running: ServingBroker;
  readonly disk: Disk;

  private constructor(running: ServingBroker, disk: Disk) {
    this.running = running;
    this.disk = disk;
  }

  static async start(options: TestBrokerOptions = {}): Promise<TestBroker> {
    const disk = options.disk ?? new MemoryDisk();
    const deps = {
      clock: options.clock ?? systemClock,
      disk,
      net: nodeNet,
      random: new SeededRandom(options.seed ?? 1),
      logger: options.logger ?? silentLogger,
    };
    const { faults } = options;
    const settings = new Map(Object.entries({ listeners: "PLAINTEXT://127.0.0.1:0", ...options.settings }));
    const running = await openBroker(deps, {
      dataDirectory: "/data",
      settings,
      brokers: options.brokers ?? 1,
      ...(options.scramUsers && { scramUsers: options.scramUsers }),
      ...(options.signal && { signal: options.signal }),
      ...(faults && { faults: (stageDeps) => new FaultStage(faults, stageDeps) }),
    });
    return new TestBroker(running, disk);
  }

  /** Where a virtual broker (the first one unless given) is reached from this machine; by `host` where it listens on every interface. */
  address(nodeId?: number, host = "127.0.0.1"): Endpoint {
    const { metadata } = this.running.state;
    const node = nodeId === undefined ? metadata.nodes[0] : metadata.node(nodeId);
    const endpoint = endpointFor(node, { listenerName: "PLAINTEXT", serverHost: host });
    if (!endpoint) throw new Error(`There is no virtual broker ${nodeId}.`);
    return endpoint;
  }

  /** Sends one request over a connection of its own, to {@link TestBroker.address}, and reads the answer. */
  send<Request, Response>(
    api: Api<Request, Response>,
    version: number,
    request: Request,
    nodeId?: number,
    host?: string,
  ): Promise<Response> {
    return sendOnce(this.address(nodeId, host), api, version, request);
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
