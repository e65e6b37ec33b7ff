import type { Timer } from "@ottla/base";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { MetadataSnapshot } from "../cluster/metadata-snapshot.ts";
import type { TopicIdPartitions } from "../group/topic-id-partitions.ts";
import { AcknowledgeCode } from "./acknowledgement-batches.ts";
import { type AcknowledgementRound, AcknowledgementRounds } from "./acknowledgement-rounds.ts";
import { lockLost, type Settlement } from "./leader-session.ts";
import type { RecordHold } from "./record-hold.ts";
import type { ResolvedShareOptions } from "./resolve-share-options.ts";
import { type LeaderHost, ShareLeader } from "./share-leader.ts";
import type { HeldRecord, RecordHolder } from "./share-record.ts";
import type { ShareAssignment } from "./share-member.ts";
import type { AcknowledgementResult, AcknowledgeType } from "./share-types.ts";

/** While something is in hand, acknowledgements come soon, and a fetch must not hold them up for long; nor may it where not all leaders can be asked at once. */
const SHORT_WAIT_MS = 100;

export interface ShareFetcherEvents {
  /** How many more records are wanted than were acquired. */
  wanted(): number;
  /** Records to give out. */
  acquired(records: readonly HeldRecord[]): void;
  /** Something changed that a waiting poll wants to see. */
  arrived(): void;
  settled(results: readonly AcknowledgementResult[]): void;
  /** To be thrown by the next poll. */
  failed(error: Error): void;
}

/**
 * Asks the leaders of the assigned partitions for as many records as are wanted, no more, and tells them what was acknowledged. Each leader has one request at a time; what is wanted is divided among
 * those that are free, those that were asked longest ago first.
 */
export class ShareFetcher implements RecordHolder {
  readonly #cluster: Cluster;
  readonly #options: ResolvedShareOptions;
  readonly #events: ShareFetcherEvents;
  readonly #host: LeaderHost;
  readonly #leaders = new Map<number, ShareLeader>();
  readonly #rounds = new AcknowledgementRounds();
  #assignment: TopicIdPartitions = new Map();
  /** Of all topics that were assigned: an answer may be to an earlier assignment. */
  readonly #names = new Map<string, string>();
  #dividedFor: MetadataSnapshot | undefined;
  #lockTimeoutMs: number | undefined;
  #timer: Timer | undefined;
  #timerMs = Infinity;
  #onIdle: (() => void)[] = [];
  #isClosing = false;

  constructor(cluster: Cluster, lane: Lane, options: ResolvedShareOptions, memberId: string, events: ShareFetcherEvents) {
    this.#cluster = cluster;
    this.#options = options;
    this.#events = events;
    this.#host = {
      cluster,
      lane,
      options,
      asker: { groupId: options.groupId, memberId },
      holder: this,
      topicName: (topicId) => this.#names.get(topicId),
      acquired: (records, lockTimeoutMs) => {
        this.#lockTimeoutMs = lockTimeoutMs;
        events.acquired(records);
      },
      settled: (settlement) => this.#onSettled(settlement),
      failed: (error) => events.failed(error),
      idle: () => this.#onLeaderIdle(),
    };
  }

  get lockTimeoutMs(): number | undefined {
    return this.#lockTimeoutMs;
  }

  setAssignment({ byId, partitions }: ShareAssignment): void {
    this.#assignment = byId;
    this.#dividedFor = undefined;
    let at = 0;
    for (const [topicId, numbers] of byId) {
      this.#names.set(topicId, partitions[at]!.topic);
      at += numbers.length;
    }
  }

  /** Sends whatever may be sent now. */
  pump(): void {
    if (this.#isClosing) return;
    const nowMs = this.#cluster.deps.clock.monotonicMs();
    this.#divideAmongLeaders();
    const free: ShareLeader[] = [];
    let asked = 0;
    for (const leader of this.#leaders.values()) {
      leader.lookAround(nowMs);
      asked += leader.asked;
      if (!leader.tellIfUrgent(nowMs) && !leader.isBusy && leader.notBeforeMs <= nowMs && leader.wanted.size > 0) free.push(leader);
    }
    this.#ask(free, this.#events.wanted() - asked);
    for (const leader of this.#leaders.values()) leader.tellIfDue(nowMs);
    this.#wakeWhenDue(nowMs);
  }

  acknowledge(record: HeldRecord, type: AcknowledgeType): void {
    const { hold } = record;
    if (hold.state === "lost") throw lockLost(hold, "its lock was lost");
    if (!hold.acknowledge(AcknowledgeCode[type]))
      throw new ClientError(
        "INVALID_ARGUMENT",
        `${record.topic}-${record.partition} at offset ${record.offset} was acknowledged before; once is all it takes.`,
      );
    hold.round = this.#rounds.begin();
    const leader = this.#leaders.get(hold.place.nodeId)!;
    leader.enqueue(hold, this.#cluster.deps.clock.monotonicMs());
    this.#wakeWhenDue(this.#cluster.deps.clock.monotonicMs());
  }

  renew({ hold, topic, partition, offset }: HeldRecord): Promise<void> {
    if (hold.state === "lost") return Promise.reject(lockLost(hold, "its lock was lost"));
    if (hold.state !== "held")
      return Promise.reject(
        new ClientError("INVALID_ARGUMENT", `${topic}-${partition} at offset ${offset} was acknowledged: there is no lock to renew.`),
      );
    if (hold.renewal === undefined) {
      hold.renewal = Promise.withResolvers();
      // One that nobody looks at must not end the process.
      hold.renewal.promise.catch(() => {});
      const { promise } = hold.renewal;
      this.#leaders.get(hold.place.nodeId)!.askRenewal(hold);
      this.pump();
      return promise;
    }
    return hold.renewal.promise;
  }

  /** Resolves when all that was acknowledged is answered, with what failed. */
  flush(): Promise<AcknowledgementRound> {
    const round = this.#rounds.close();
    for (const leader of this.#leaders.values()) leader.isFlushing = true;
    this.pump();
    return round;
  }

  /** Says what is left, gives back the rest, and ends the sessions. */
  async sayFarewell(): Promise<void> {
    this.#isClosing = true;
    this.#timer?.cancel();
    await Promise.all([...this.#leaders.values()].map((leader) => this.#leave(leader)));
  }

  /** Gives up everything, without a word. */
  stop(): void {
    this.#isClosing = true;
    this.#timer?.cancel();
    for (const leader of this.#leaders.values()) leader.drop("the consumer was closed");
    this.#onLeaderIdle();
  }

  async #leave(leader: ShareLeader): Promise<void> {
    for (;;) {
      while (leader.isBusy) await new Promise<void>((resolve) => void this.#onIdle.push(resolve));
      leader.lookAround(this.#cluster.deps.clock.monotonicMs());
      if (!leader.tell()) break;
    }
    await leader.sayFarewell();
  }

  #divideAmongLeaders(): void {
    const { metadata } = this.#cluster;
    if (this.#dividedFor === metadata.current) return;
    this.#dividedFor = metadata.current;
    const byLeader = new Map<number, Map<string, number[]>>();
    for (const [topicId, numbers] of this.#assignment) {
      const topic = metadata.topic(this.#names.get(topicId)!);
      for (const partition of numbers) {
        const leader = topic?.topicId === topicId ? (topic.partitions[partition]?.leader ?? -1) : -1;
        if (leader < 0) {
          metadata.track(this.#names.get(topicId)!, false);
          metadata.requestRefresh();
          this.#dividedFor = undefined;
          continue;
        }
        let topics = byLeader.get(leader);
        if (topics === undefined) byLeader.set(leader, (topics = new Map()));
        const list = topics.get(topicId);
        if (list) list.push(partition);
        else topics.set(topicId, [partition]);
      }
    }
    for (const [nodeId, topics] of byLeader) {
      let leader = this.#leaders.get(nodeId);
      if (leader === undefined) this.#leaders.set(nodeId, (leader = new ShareLeader(nodeId, this.#host)));
      leader.wanted = topics;
    }
    for (const leader of this.#leaders.values()) if (!byLeader.has(leader.nodeId)) leader.wanted = new Map();
  }

  #ask(free: ShareLeader[], wanted: number): void {
    if (wanted <= 0 || free.length === 0) return;
    free.sort((a, b) => a.lastAskedMs - b.lastAskedMs);
    let left = wanted;
    const isForAll = wanted >= free.length;
    for (const [at, leader] of free.entries()) {
      const share = Math.ceil(left / (free.length - at));
      if (share <= 0) return;
      left -= share;
      const isHurried = !isForAll || leader.session.heldCount > 0;
      const { fetchMaxWaitMs, maxPollRecords } = this.#options;
      leader.fetch(Math.min(share, maxPollRecords), isHurried ? Math.min(SHORT_WAIT_MS, fetchMaxWaitMs) : fetchMaxWaitMs);
    }
  }

  #onSettled({ done, failed }: Settlement): void {
    const results: AcknowledgementResult[] = [];
    const note = (holds: readonly RecordHold[], error: Error | undefined) => {
      for (const hold of holds) {
        if (hold.round === undefined) continue;
        const { topic, partition } = hold.place;
        const last = results.at(-1);
        if (last?.topic === topic && last.partition === partition && last.error === error)
          (last.offsets as number[]).push(hold.firstOffset);
        else results.push({ topic, partition, offsets: [hold.firstOffset], error });
        this.#rounds.settle(hold.round, error === undefined ? undefined : { topic, partition, offsets: [hold.firstOffset], error });
        hold.round = undefined;
      }
    };
    note(done, undefined);
    for (const { holds, error } of failed) note(holds, error);
    if (results.length > 0) this.#events.settled(results);
  }

  #onLeaderIdle(): void {
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const run of waiting) run();
    if (this.#isClosing) return;
    this.#events.arrived();
    this.pump();
  }

  #wakeWhenDue(nowMs: number): void {
    let dueMs = Infinity;
    for (const leader of this.#leaders.values())
      dueMs = Math.min(dueMs, leader.dueMs, leader.notBeforeMs > nowMs ? leader.notBeforeMs : Infinity);
    if (dueMs === this.#timerMs) return;
    this.#timer?.cancel();
    this.#timerMs = dueMs;
    if (dueMs < Infinity)
      this.#timer = this.#cluster.deps.clock.schedule(Math.max(1, dueMs - nowMs), () => {
        this.#timerMs = Infinity;
        this.pump();
      });
  }
}
