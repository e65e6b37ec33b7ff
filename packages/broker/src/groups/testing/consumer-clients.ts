import { errorInfo } from "@ottla/protocol";
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer, ConsumerSettings } from "../consumer/consumer-decision.ts";
import type { ConsumerGroup } from "../consumer/consumer-group.ts";
import type { ConsumerRecord } from "../consumer/consumer-records.ts";
import type { OwnedPartitions, PartitionEpochs } from "../consumer/partition-epochs.ts";
import type { TopicCatalog } from "../consumer/topic-catalog.ts";
import { type GroupScene, NODE_ID } from "./group-scene.ts";

/** What one consumer knows; it names itself by its member id. */
interface Consumer {
  memberId: string;
  epoch: number;
  instanceId: string | null;
  /** What it was told to have, as "t-0" texts. */
  assigned: readonly string[];
  /** Whether the broker has yet to hear that it has that. */
  isToConfirm: boolean;
}

/** Consumers of the consumer protocol in a transcript: they confirm with their next heartbeat what they were told, unless the transcript says otherwise. */
export class ConsumerClients {
  readonly #scene: GroupScene;
  readonly #groupId: string;
  readonly #tell: (effect: string) => void;
  readonly #consumers = new Map<string, Consumer>();

  constructor(scene: GroupScene, groupId: string, tell: (effect: string) => void) {
    this.#scene = scene;
    this.#groupId = groupId;
    this.#tell = tell;
  }

  /**
   * A heartbeat; the first one joins. Options: `topics`, `regex`, `assignor`, `instance`, `epoch`, `rejoin=yes`, `id`, and `owned`: "all" (what it was told), "none", "unsaid", or
   * a list such as t-0,t-1.
   */
  async poll(name: string, options: Record<string, string>): Promise<void> {
    const consumer = this.#consumer(name, options);
    const isJoining = consumer.epoch === 0;
    const owned = isJoining ? "none" : (options["owned"] ?? (consumer.isToConfirm ? "all" : "unsaid"));
    const answer = await this.#send(consumer, {
      rebalanceTimeoutMs: isJoining ? Number(options["rebalance"] ?? 60_000) : -1,
      subscribedTopicNames:
        options["topics"]?.split(",").filter((topic) => topic !== "") ?? (isJoining && !options["regex"] ? ["t"] : null),
      subscribedTopicRegex: options["regex"] ?? null,
      serverAssignor: options["assignor"] ?? null,
      rackId: options["rack"] ?? null,
      memberEpoch: options["epoch"] === undefined ? consumer.epoch : Number(options["epoch"]),
      owned: this.#owned(owned, consumer),
    });
    if (answer.errorCode === 0) this.#learn(consumer, answer, owned !== "unsaid");
    this.#show(name, "poll", answer);
  }

  async leave(name: string, memberEpoch: number): Promise<void> {
    const consumer = this.#consumer(name, {});
    const answer = await this.#send(consumer, { memberEpoch });
    Object.assign(consumer, { epoch: 0, assigned: [], isToConfirm: false });
    this.#show(name, memberEpoch === -1 ? "quit" : "pause", answer);
  }

  #consumer(name: string, options: Record<string, string>): Consumer {
    let consumer = this.#consumers.get(name);
    if (!consumer) {
      consumer = { memberId: name, epoch: 0, instanceId: options["instance"] ?? null, assigned: [], isToConfirm: false };
      this.#consumers.set(name, consumer);
    }
    if (options["id"]) consumer.memberId = options["id"];
    if (options["rejoin"]) Object.assign(consumer, { epoch: 0, assigned: [], isToConfirm: false });
    return consumer;
  }

  async #send(consumer: Consumer, said: Partial<ConsumerHeartbeat>): Promise<ConsumerHeartbeatAnswer> {
    const answer = await this.#scene.coordinator.consumers.heartbeat({
      nodeId: NODE_ID,
      groupId: this.#groupId,
      memberId: consumer.memberId,
      memberEpoch: consumer.epoch,
      instanceId: consumer.instanceId,
      rackId: null,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      owned: null,
      clientId: "client",
      clientHost: "/127.0.0.1",
      ...said,
    });
    return answer;
  }

  #learn(consumer: Consumer, { memberEpoch, assignment }: ConsumerHeartbeatAnswer, hasConfirmed: boolean): void {
    consumer.epoch = memberEpoch;
    if (hasConfirmed) consumer.isToConfirm = false;
    if (assignment === null) return;
    const told = partitionTexts(assignment, this.#scene.topics);
    consumer.isToConfirm = told.join() !== consumer.assigned.join();
    consumer.assigned = told;
  }

  #owned(said: string, { assigned }: Consumer): OwnedPartitions | null {
    if (said === "unsaid") return null;
    const byTopic = new Map<string, number[]>();
    for (const text of said === "all" ? assigned : said === "none" ? [] : said.split(",")) {
      const [, name = "", partition = ""] = /^(.*)-(\d+)$/.exec(text) ?? [];
      const topicId = this.#scene.topics.byName(name)?.topicId ?? name;
      byTopic.set(topicId, [...(byTopic.get(topicId) ?? []), Number(partition)]);
    }
    return Array.from(byTopic, ([topicId, partitions]) => ({ topicId, partitions }));
  }

  #show(name: string, verb: string, { errorCode, memberEpoch, assignment }: ConsumerHeartbeatAnswer): void {
    const error = errorInfo(errorCode).name;
    if (errorCode !== 0) this.#tell(`${name} ${verb}: ${error}`);
    else {
      const told = assignment === null ? "" : ` assignment=${partitionTexts(assignment, this.#scene.topics).join(",") || "none"}`;
      this.#tell(`${name} ${verb}: ${error} epoch=${memberEpoch}${told}`);
    }
  }
}

/** Settings from a transcript's words. */
export function settingsOf(options: Record<string, string>): Partial<ConsumerSettings> {
  return Object.fromEntries(
    Object.entries(options).map(([name, text]) => [
      name,
      name === "assignors" ? text.split(",") : text === "true" || text === "false" ? text === "true" : Number(text),
    ]),
  );
}

/** One line on a group: each member with its epoch and, where it is not done, its state. */
export function describeConsumerGroup(group: ConsumerGroup, alias: (memberId: string) => string): string {
  const members = Array.from(group.members.values(), ({ memberId, memberEpoch, state, classic }) => {
    return `${alias(memberId)}${classic ? "(classic)" : ""}@${memberEpoch}${state === "stable" ? "" : `!${state}`}`;
  });
  return `  group: consumer ${group.state} epoch=${group.groupEpoch} target=${group.assignmentEpoch} members=${members.join(",") || "none"}`;
}

/** One line on a record. */
export function describeConsumerRecord({ part }: ConsumerRecord, topics: TopicCatalog, alias: (memberId: string) => string): string {
  const of = "memberId" in part ? ` ${alias(part.memberId)}` : part.type === "regex" ? ` ${part.regex}` : "";
  if (part.value === null) return `record: ${part.type}${of} tombstone`;
  switch (part.type) {
    case "group":
      return `record: group epoch=${part.value.groupEpoch}`;
    case "member":
      return `record: member${of} topics=${part.value.subscribedTopicNames.sorted.join(",") || "none"}`;
    case "target":
      return `record: target epoch=${part.value.assignmentEpoch}`;
    case "target-member": {
      const partitions = new Map(Array.from(part.value, ([topicId, list]) => [topicId, new Map(list.map((each) => [each, 0]))]));
      return `record: target-member${of} ${partitionTexts(partitions, topics).join(",") || "none"}`;
    }
    case "current": {
      const { memberEpoch, state, assigned, pendingRevocation } = part.value;
      const pending = partitionTexts(pendingRevocation, topics).join(",");
      const has = partitionTexts(assigned, topics).join(",") || "none";
      return `record: current${of} epoch=${memberEpoch} ${state} ${has}${pending === "" ? "" : ` revoking=${pending}`}`;
    }
    case "regex":
      return `record: regex${of} topics=${[...part.value.topics].sort().join(",") || "none"}`;
    case "partition-metadata":
      return "record: partition-metadata";
  }
}

/** Ascending, as "t-0"; a topic that is gone is shown by its id. */
function partitionTexts(partitions: PartitionEpochs, topics: TopicCatalog): string[] {
  return Array.from(partitions, ([topicId, epochs]) => ({ name: topics.byId(topicId)?.name ?? topicId, indexes: [...epochs.keys()] }))
    .flatMap(({ name, indexes }) => indexes.sort((one, other) => one - other).map((partition) => `${name}-${partition}`))
    .sort();
}
