import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { setBaseOffset, setPartitionLeaderEpoch } from "@ottla/protocol/records";
import { ClosedSignal } from "../net/closed.ts";
import { QuietBroker } from "./quiet-broker.ts";
import { sampleBatch } from "./sample-batches.ts";
import type { FetchAnswer, FetchAsk } from "../fetch/fetches.ts";

export const BATCH = sampleBatch(["x".repeat(500)]);

/** A client with one connection. */
export class Client {
  readonly closed = new ClosedSignal();
  readonly memory;
  readonly #broker: QuietBroker;
  readonly #nodeId: number;

  constructor(broker: QuietBroker, nodeId = 1) {
    this.#broker = broker;
    this.#nodeId = nodeId;
    this.memory = broker.state.clientMemory.openAccount();
  }

  /** What the broker does when a connection is gone. */
  disconnect(): void {
    this.closed.close();
    this.memory.close();
  }

  fetch(partitions: readonly Asked[], more: Partial<FetchAsk> = {}): Sent {
    const outcome = this.#broker.state.fetches.fetch(
      {
        sessionId: 0,
        sessionEpoch: -1,
        usesTopicIds: false,
        takesSession: true,
        maxWaitMs: 1000,
        minBytes: 1,
        maxBytes: 1 << 20,
        readCommitted: false,
        forgotten: [],
        ...more,
        partitions: partitions.map(({ topic = "t", topicId = NIL_UUID, index = 0, offset = 0, maxBytes = 1 << 20 }) => ({
          topic: topicId === NIL_UUID ? topic : "",
          topicId,
          index,
          fetchOffset: offset,
          maxBytes,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
        })),
      },
      { lookup: { broker: this.#broker.state, session: { nodeId: this.#nodeId } }, closed: this.closed, memory: this.memory },
    );
    return new Sent(outcome);
  }
}

export interface Asked {
  readonly topic?: string;
  readonly topicId?: string;
  readonly index?: number;
  readonly offset?: number;
  readonly maxBytes?: number;
}

/** A Fetch under way. */
export class Sent {
  readonly answered: Promise<FetchAnswer | undefined>;
  isOver = false;
  answer: FetchAnswer | undefined;

  constructor(outcome: FetchAnswer | Promise<FetchAnswer | undefined>) {
    const note = (answer: FetchAnswer | undefined): FetchAnswer | undefined => {
      this.isOver = true;
      return (this.answer = answer);
    };
    this.answered = outcome instanceof Promise ? outcome.then(note) : Promise.resolve(note(outcome));
  }

  /** `index:bytes` of every partition, or `index!code`. */
  get shown(): string[] {
    return (this.answer?.reads ?? []).map(({ target, errorCode, sizeBytes }) =>
      errorCode === ErrorCode.NONE ? `${target.index}:${sizeBytes}` : `${target.index}!${errorCode}`,
    );
  }
}

export async function withTopic(partitions = 1): Promise<QuietBroker> {
  const broker = await QuietBroker.start();
  await broker.createTopic("t", partitions);
  return broker;
}

/** A batch as the log has stored it `count` times. */
export function storedBytes(batch: Buffer, count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, offset) => {
      const stored = Buffer.from(batch);
      setBaseOffset(stored, 0, offset);
      setPartitionLeaderEpoch(stored, 0, 0);
      return stored;
    }),
  );
}

export const all = (count: number): Asked[] => Array.from({ length: count }, (_, index) => ({ index }));
