import type { SeededRandom } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from "../consumer-decision.ts";
import type { PartitionEpochs } from "../partition-epochs.ts";

/** Errors upon which a consumer gives up all it has and joins anew. */
const FENCED: ReadonlySet<number> = new Set([ErrorCode.FENCED_MEMBER_EPOCH, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.GROUP_ID_NOT_FOUND]);

/**
 * A consumer as KIP-848 wants it: it has what it was told to have, gives up what it is no longer told, takes its time over it, and says what it has only once it has given up the
 * rest. Answers may be lost on the way to it.
 */
export class ModelConsumer {
  readonly name: string;
  readonly instanceId: string | null;
  /** "t 0": what the application reads now. */
  readonly owned = new Set<string>();
  #memberId: string;
  #epoch = 0;
  #lives = 0;
  /** What it was told last. */
  #told: ReadonlySet<string> = new Set();
  #isChanging = false;
  #hasNews = true;
  /** An answer was lost: it says everything again, and so is told everything. */
  #isFull = false;
  #topics: readonly string[];

  constructor(name: string, instanceId: string | null, topics: readonly string[]) {
    this.name = name;
    this.instanceId = instanceId;
    this.#memberId = `${name}-0`;
    this.#topics = topics;
  }

  get topics(): readonly string[] {
    return this.#topics;
  }

  get isMember(): boolean {
    return this.#epoch > 0;
  }

  subscribe(topics: readonly string[]): void {
    this.#topics = topics;
    this.#hasNews = true;
  }

  /** The application has finished with what is to be given up, and begins with what is new. */
  reconcile(): void {
    for (const partition of [...this.owned]) if (!this.#told.has(partition)) this.owned.delete(partition);
    for (const partition of this.#told) this.owned.add(partition);
  }

  /** The process dies, or begins again under another member id. */
  die(): void {
    this.owned.clear();
    this.#told = new Set();
    this.#epoch = 0;
    this.#isChanging = false;
    this.#isFull = false;
    this.#hasNews = true;
    this.#memberId = `${this.name}-${++this.#lives}`;
  }

  get #isDone(): boolean {
    return this.owned.size === this.#told.size && [...this.owned].every((partition) => this.#told.has(partition));
  }

  /** What it would send now. */
  heartbeat(): Omit<ConsumerHeartbeat, "groupId"> {
    const isJoining = this.#epoch === 0;
    const confirms = this.#isChanging && this.#isDone;
    return {
      memberId: this.#memberId,
      memberEpoch: this.#epoch,
      instanceId: this.instanceId,
      rackId: null,
      rebalanceTimeoutMs: isJoining || this.#isFull ? 30_000 : -1,
      subscribedTopicNames: isJoining || this.#hasNews || this.#isFull ? this.#topics : null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      owned: isJoining || confirms || this.#isFull ? this.#ownedPartitions() : null,
      clientId: this.name,
      clientHost: "/127.0.0.1",
    };
  }

  /** What it would send on leaving; -2 for a while. */
  leave(memberEpoch: -1 | -2): Omit<ConsumerHeartbeat, "groupId"> {
    return { ...this.heartbeat(), memberEpoch, owned: null, subscribedTopicNames: null, rebalanceTimeoutMs: -1 };
  }

  /** `undefined`: the answer was lost. */
  answered(sent: Omit<ConsumerHeartbeat, "groupId">, answer: ConsumerHeartbeatAnswer | undefined): void {
    if (answer === undefined) {
      this.#isFull = true;
      return;
    }
    if (FENCED.has(answer.errorCode)) {
      const memberId = this.#memberId;
      this.die();
      this.#memberId = memberId;
      return;
    }
    if (answer.errorCode !== ErrorCode.NONE) return;
    this.#epoch = answer.memberEpoch;
    this.#isFull = false;
    if (sent.subscribedTopicNames !== null) this.#hasNews = false;
    if (sent.owned !== null && this.#isDone) this.#isChanging = false;
    if (answer.assignment === null) return;
    this.#told = partitionsOf(answer.assignment);
    // Also where it had not yet begun with what it is to give up.
    this.#isChanging = true;
  }

  #ownedPartitions() {
    const byTopic = new Map<string, number[]>();
    for (const text of this.owned) {
      const [topicId = "", partition = ""] = text.split(" ");
      byTopic.set(topicId, [...(byTopic.get(topicId) ?? []), Number(partition)]);
    }
    return Array.from(byTopic, ([topicId, partitions]) => ({ topicId, partitions }));
  }
}

function partitionsOf(assignment: PartitionEpochs): ReadonlySet<string> {
  return new Set(Array.from(assignment, ([topicId, epochs]) => Array.from(epochs.keys(), (partition) => `${topicId} ${partition}`)).flat());
}

/** One of these. */
export function oneOf<Item>(random: SeededRandom, items: readonly Item[]): Item {
  return items[random.nextInt(items.length)]!;
}
