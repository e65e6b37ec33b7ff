import type { Isolation } from "@ottla/conformance/history/history";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import {
  type FetchResponse,
  fetchApi,
  makeFetchPartition,
  makeFetchRequest,
  makeFetchTopic,
  type PartitionData,
} from "@ottla/protocol/apis/fetch";
import type { SimulatedTopic } from "../world/simulated-topic.ts";
import type { Client } from "./client.ts";
import { isolationLevel } from "./fetch-position.ts";

/** What is to be read of one partition. */
export interface Wanted {
  readonly topic: SimulatedTopic;
  readonly partition: number;
  readonly offset: number;
}

export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly partitionMaxBytes: number;
}

const NO_SESSION_EPOCH = -1;

/** Fetches from one node: whole requests, or an incremental session of which only what has changed is sent. */
export class FetchSession {
  readonly #client: Client;
  readonly #nodeId: number;
  readonly #isolation: Isolation;
  readonly #isIncremental: boolean;
  #id = 0;
  #epoch = 0;
  /** What the broker knows to be wanted. */
  readonly #known = new Map<string, Wanted>();

  constructor(client: Client, nodeId: number, isolation: Isolation, isIncremental: boolean) {
    this.#client = client;
    this.#nodeId = nodeId;
    this.#isolation = isolation;
    this.#isIncremental = isIncremental;
  }

  /** The answers of the partitions that have any; undefined when none came or the session was lost. */
  async fetch(
    wanted: readonly Wanted[],
    limits: FetchLimits,
  ): Promise<{ readonly wanted: Wanted; readonly data: PartitionData }[] | undefined> {
    const isFull = !this.#isIncremental || this.#id === 0;
    if (isFull) this.#forget();
    const byKey = new Map(wanted.map((each) => [keyOf(each.topic.topicId, each.partition), each]));
    const gone = [...this.#known].filter(([key]) => !byKey.has(key)).map(([, each]) => each);
    const changed = wanted.filter((each) => this.#known.get(keyOf(each.topic.topicId, each.partition))?.offset !== each.offset);
    this.#known.clear();
    for (const [key, each] of byKey) this.#known.set(key, each);
    const answer = await this.#client.call(
      this.#nodeId,
      fetchApi,
      16,
      makeFetchRequest({
        ...limits,
        isolationLevel: isolationLevel(this.#isolation),
        sessionId: this.#id,
        sessionEpoch: this.#isIncremental ? this.#epoch : NO_SESSION_EPOCH,
        topics: changed.map(({ topic, partition, offset }) =>
          makeFetchTopic({
            topicId: topic.topicId,
            partitions: [makeFetchPartition({ partition, fetchOffset: offset, partitionMaxBytes: limits.partitionMaxBytes })],
          }),
        ),
        forgottenTopicsData: gone.map(({ topic, partition }) => ({
          topic: "",
          topicId: topic.topicId,
          partitions: [partition],
          unknownTaggedFields: undefined,
        })),
      }),
    );
    if (!this.#goOn(answer)) return undefined;
    return answer!.responses.flatMap(({ topicId, partitions }) =>
      partitions.flatMap((data) => {
        const asked = byKey.get(keyOf(topicId, data.partitionIndex));
        if (asked) return [{ wanted: asked, data }];
        this.#client.world.fault(
          `${this.#client.name}: Fetch answered for ${topicId === NIL_UUID ? "no topic" : topicId}, which was not asked for`,
        );
        return [];
      }),
    );
  }

  /** Whether the answer is one to go on with. */
  #goOn(answer: FetchResponse | undefined): boolean {
    if (answer) this.#client.isBug("Fetch", answer.errorCode);
    if (answer?.errorCode !== ErrorCode.NONE) {
      this.#forget();
      return false;
    }
    this.#id = answer.sessionId;
    this.#epoch = this.#id === 0 ? 0 : this.#epoch + 1;
    return true;
  }

  #forget(): void {
    this.#id = 0;
    this.#epoch = 0;
    this.#known.clear();
  }
}

function keyOf(topicId: string, partition: number): string {
  return `${topicId} ${partition}`;
}
