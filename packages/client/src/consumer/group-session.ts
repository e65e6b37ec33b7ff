import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { MemberIdentity, Membership, MembershipStep, MembershipView } from "../group/membership.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import type { RebalanceListener } from "./consumer-types.ts";
import type { TopicSelection } from "./topic-selection.ts";
import { messageOf } from "../thrown.ts";

/** What the session needs of its consumer. */
export interface GroupSessionHost {
  readonly partitions: AssignedPartitions;
  readonly listener: RebalanceListener;
  /** Finishes what is in hand of these, commits what is done if the consumer does that by itself; never throws. */
  beforeRevoke(partitions: readonly TopicPartition[]): Promise<void>;
  assignmentChanged(): void;
}

/**
 * A subscription at work: turns what the group decides into partitions coming and going, with the application's callbacks awaited in
 * between. All of it runs inside {@link advance}, that is inside the application's poll.
 */
export class GroupSession {
  readonly #host: GroupSessionHost;
  readonly member: Membership;
  readonly #selection: TopicSelection;
  readonly #view: MembershipView;
  readonly #stopListening: () => void;

  constructor(cluster: Cluster, member: Membership, selection: TopicSelection, host: GroupSessionHost) {
    this.#host = host;
    this.#selection = selection;
    this.member = member;
    this.#view = {
      get topics() {
        return selection.isReady ? selection.topics : undefined;
      },
      owned: () => host.partitions.list(),
    };
    this.#stopListening = cluster.metadata.onUpdate(() => {
      if (selection.refresh()) member.subscriptionChanged();
      member.metadataChanged();
    });
  }

  #isAssigned = false;
  /** Who it was when it was given its partitions. */
  #assignedAs: MemberIdentity | undefined;

  /**
   * As whom it has what it has: also when the group has gone on without it, until it is told so and gives that up. A coordinator takes what says no generation from anybody, and so a transaction would be committed with offsets of partitions
   * that others have.
   */
  get identity(): MemberIdentity {
    return this.member.isMember ? this.member.identity : (this.#assignedAs ?? this.member.identity);
  }

  /** The group gave it its partitions, perhaps none, and they were not lost. */
  get isAssigned(): boolean {
    return this.#isAssigned;
  }

  /** What it subscribes to by name, or has found by its pattern. */
  get topics(): readonly string[] {
    return this.#selection.topics;
  }

  /** {@link advance} has something to do. */
  get hasWork(): boolean {
    return this.member.hasWork;
  }

  /** Does what is due. Throws what the group refused for good, and `ClientError` REBALANCE_CALLBACK_FAILED. */
  async advance(): Promise<void> {
    for (let step = this.member.next(this.#view); step !== undefined; step = this.member.next(this.#view)) {
      if (step.kind === "failed") throw step.error;
      const { revokedCount, failure } = await this.#carryOut(step);
      this.member.carriedOut(step, revokedCount);
      if (failure !== undefined) throw failure;
    }
  }

  /** Subscribes to these topics, too. */
  alsoSubscribe(topics: readonly string[]): void {
    this.#selection.add(topics);
    this.member.subscriptionChanged();
  }

  /** Gives everything up, with callbacks, and leaves. */
  async end(reason: string): Promise<void> {
    const step = this.member.next({ topics: undefined, owned: this.#view.owned });
    try {
      if (step?.kind === "lost") await this.#lose();
      else await this.#revoke(this.#host.partitions.list(), []);
    } finally {
      this.stop();
      await this.member.leave(reason);
    }
  }

  /** Goes quiet at once, without a word to the group or the application. */
  stop(): void {
    this.#stopListening();
    this.#selection.stop();
    this.member.stop();
  }

  /** A callback that fails keeps nothing of the step from being done: the group counts on it. */
  async #carryOut(step: Exclude<MembershipStep, { kind: "failed" }>): Promise<CarriedOut> {
    let failure: Error | undefined;
    const attempt = (work: Promise<void>) => work.catch((error: Error) => void (failure ??= error));
    let revokedCount = 0;
    if (step.kind !== "release") this.#isAssigned = step.kind === "assigned";
    if (step.kind === "assigned" && this.member.isMember) this.#assignedAs = this.member.identity;
    if (step.kind === "lost") await attempt(this.#lose());
    else if (step.kind === "release") {
      await attempt(this.#release(step.partitions));
      revokedCount = step.partitions.length;
    } else {
      const owned = this.#host.partitions.list();
      const revoked = without(owned, step.partitions);
      await attempt(this.#revoke(revoked, without(owned, revoked)));
      await attempt(this.#assign(step, without(step.partitions, owned)));
      revokedCount = revoked.length;
    }
    return { revokedCount, failure };
  }

  async #release(partitions: readonly TopicPartition[]): Promise<void> {
    if (partitions.length === 0) await this.#host.beforeRevoke([]);
    else await this.#revoke(partitions, without(this.#host.partitions.list(), partitions));
  }

  async #assign({ partitions, onApplied }: Extract<MembershipStep, { kind: "assigned" }>, added: readonly TopicPartition[]): Promise<void> {
    this.#host.partitions.replace(partitions, "committed");
    this.#host.assignmentChanged();
    onApplied();
    const { onAssigned } = this.#host.listener;
    if (onAssigned) await run("onAssigned", () => onAssigned.call(this.#host.listener, added));
  }

  async #revoke(revoked: readonly TopicPartition[], kept: readonly TopicPartition[]): Promise<void> {
    if (revoked.length === 0) return;
    await this.#host.beforeRevoke(revoked);
    try {
      const { onRevoked } = this.#host.listener;
      if (onRevoked) await run("onRevoked", () => onRevoked.call(this.#host.listener, revoked));
    } finally {
      this.#host.partitions.replace(kept, "committed");
      this.#host.assignmentChanged();
    }
  }

  async #lose(): Promise<void> {
    const lost = this.#host.partitions.list();
    this.#host.partitions.replace([], "committed");
    this.#host.assignmentChanged();
    if (lost.length === 0) return;
    const { listener } = this.#host;
    const callback = listener.onLost ?? listener.onRevoked;
    if (callback) await run(listener.onLost ? "onLost" : "onRevoked", () => callback.call(listener, lost));
  }
}

interface CarriedOut {
  readonly revokedCount: number;
  /** The first callback that failed. */
  readonly failure: Error | undefined;
}

function without(partitions: readonly TopicPartition[], others: readonly TopicPartition[]): TopicPartition[] {
  const keys = new Set(others.map((each) => partitionKey(each.topic, each.partition)));
  return partitions.filter((each) => !keys.has(partitionKey(each.topic, each.partition)));
}

async function run(name: string, callback: () => void | Promise<void>): Promise<void> {
  try {
    await callback();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new ClientError("REBALANCE_CALLBACK_FAILED", `${name} failed: ${reason}`, { cause });
  }
}
