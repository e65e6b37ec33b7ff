import type { Timer } from "@ottla/base";
import type { PartitionQueue } from "./partition-queue.ts";

/** What waits for one broker, and how much is on the way to it. */
export class NodeOutbox {
  readonly nodeId: number;
  /** Queues with something in them; sending moves a queue to the end, so all get their turn. */
  readonly queues = new Set<PartitionQueue>();
  inFlight = 0;
  isConnecting = false;
  isDrainScheduled = false;
  timer: Timer | undefined;
  timerDueMs = Infinity;

  constructor(nodeId: number) {
    this.nodeId = nodeId;
  }

  cancelTimer(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.timerDueMs = Infinity;
  }
}
