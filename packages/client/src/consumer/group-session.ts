import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ClassicMember, type ClassicMemberOptions, type MembershipNews } from "../group/classic-member.ts";
import type { Lane } from "../cluster/lane.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import type { RebalanceListener } from "./consumer-types.ts";
import type { TopicSelection } from "./topic-selection.ts";

/** What the session needs of its consumer. */
export interface GroupSessionHost {
  readonly partitions: AssignedPartitions;
  readonly listener: RebalanceListener;
  /** Commits positions if the consumer does that by itself; never throws. */
  commitBeforeRevoke(): Promise<void>;
  assignmentChanged(): void;
  arrived(): void;
}

/**
 * A subscription at work: turns what the group decides into partitions coming and going, with the application's callbacks awaited in
 * between. All of it runs inside {@link advance}, that is inside the application's poll.
 */
export class GroupSession {
  readonly #host: GroupSessionHost;
  readonly member: ClassicMember;
  readonly selection: TopicSelection;
  readonly #stopListening: () => void;

  constructor(cluster: Cluster, lane: Lane, options: ClassicMemberOptions, selection: TopicSelection, host: GroupSessionHost) {
    this.#host = host;
    this.selection = selection;
    this.member = new ClassicMember(cluster, lane, options, () => host.arrived());
    this.#stopListening = cluster.metadata.onUpdate(() => {
      if (selection.refresh()) this.member.requestRejoin("the topics that match the subscription changed");
      this.member.notePartitionCounts();
    });
  }

  /** Does what is due. Throws what the group refused for good, and `ClientError` REBALANCE_CALLBACK_FAILED. */
  async advance(): Promise<void> {
    if (this.member.takeLoss()) await this.#lose();
    const news = this.member.takeNews();
    if (news?.kind === "failed") throw news.error;
    if (news?.kind === "joined") await this.#apply(news);
    if (this.member.isRejoinNeeded && this.selection.isReady) {
      await this.#prepare();
      // A callback may have taken long enough for the membership to be lost.
      if (this.member.takeLoss()) await this.#lose();
      this.member.join(this.selection.topics, this.#host.partitions.list());
    }
  }

  /** Gives everything up, with callbacks, and leaves. */
  async end(reason: string): Promise<void> {
    this.#stopListening();
    this.selection.stop();
    try {
      if (this.member.takeLoss()) await this.#lose();
      else await this.#revoke(this.#host.partitions.list(), []);
    } finally {
      await this.member.leave(reason);
    }
  }

  async #prepare(): Promise<void> {
    const owned = this.#host.partitions.list();
    if (owned.length === 0) return;
    if (this.member.protocol === "eager") {
      await this.#revoke(owned, []);
      return;
    }
    const wanted = new Set(this.selection.topics);
    const unwanted = owned.filter((each) => !wanted.has(each.topic));
    if (unwanted.length > 0)
      await this.#revoke(
        unwanted,
        owned.filter((each) => wanted.has(each.topic)),
      );
    else await this.#host.commitBeforeRevoke();
  }

  async #apply({ assignment, assignor }: Extract<MembershipNews, { kind: "joined" }>): Promise<void> {
    const { partitions } = this.#host;
    const { generationId } = this.member.identity;
    const owned = partitions.list();
    const added = without(assignment.partitions, owned);
    const revoked = without(owned, assignment.partitions);
    if (revoked.length > 0) await this.#revoke(revoked, without(owned, revoked));
    partitions.replace(assignment.partitions, "committed");
    this.#host.assignmentChanged();
    assignor.onAssignment?.(assignment, generationId);
    const { onAssigned } = this.#host.listener;
    if (onAssigned) await run("onAssigned", () => onAssigned.call(this.#host.listener, added));
    // Only now that they are free can the group give them to somebody else (KIP-429).
    if (revoked.length > 0) this.member.requestRejoin("gave up partitions that the group wants to move");
  }

  async #revoke(revoked: readonly TopicPartition[], kept: readonly TopicPartition[]): Promise<void> {
    if (revoked.length === 0) return;
    await this.#host.commitBeforeRevoke();
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

function without(partitions: readonly TopicPartition[], others: readonly TopicPartition[]): TopicPartition[] {
  const keys = new Set(others.map((each) => partitionKey(each.topic, each.partition)));
  return partitions.filter((each) => !keys.has(partitionKey(each.topic, each.partition)));
}

async function run(name: string, callback: () => void | Promise<void>): Promise<void> {
  try {
    await callback();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("REBALANCE_CALLBACK_FAILED", `${name} failed: ${reason}`, { cause });
  }
}
