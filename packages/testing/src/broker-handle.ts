import type { ControlledBroker } from "@ottla/broker/controlled";
import type { FaultHandle } from "./fault-handle.ts";

/** One virtual broker. */
export class BrokerHandle {
  readonly nodeId: number;
  readonly #broker: ControlledBroker;
  readonly #slow: (delayMs: number) => FaultHandle;

  /** @internal */
  constructor(nodeId: number, broker: ControlledBroker, slow: (delayMs: number) => FaultHandle) {
    this.nodeId = nodeId;
    this.#broker = broker;
    this.#slow = slow;
    // One that does not exist is told at once.
    broker.isUp(nodeId);
  }

  /** `host:port`, also while it is down. */
  get bootstrapServer(): string {
    const { host, port } = this.#broker.address(this.nodeId);
    return `${host.includes(":") ? `[${host}]` : host}:${port}`;
  }

  get isUp(): boolean {
    return this.#broker.isUp(this.nodeId);
  }

  /** It is gone as if killed: connections break, its port refuses, and what it led is led by others that have a replica. Twice is fine. */
  down(): Promise<void> {
    return this.#broker.takeDown(this.nodeId);
  }

  /** It is back on its port, and leads what nobody else could. Twice is fine. */
  up(): Promise<void> {
    return this.#broker.bringUp(this.nodeId);
  }

  /** Breaks its connections; clients may connect again at once. */
  dropConnections(): void {
    this.#broker.dropConnections(this.nodeId);
  }

  /** Answers every request so much later, on the broker's clock, until the fault is removed. */
  latency(delayMs: number): FaultHandle {
    return this.#slow(delayMs);
  }
}
