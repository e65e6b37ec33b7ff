import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { ClassicMember } from "../group/classic-member.ts";
import { ConsumerDialect } from "../group/epoch-member/consumer-dialect.ts";
import { EpochMember } from "../group/epoch-member/epoch-member.ts";
import { serverPatternOf } from "../group/epoch-member/server-pattern.ts";
import type { Membership, MembershipEvents } from "../group/membership.ts";
import { StreamsDialect } from "../group/streams-member/streams-dialect.ts";
import type { SubscriptionPattern } from "./consumer-types.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";
import { TopicSelection } from "./topic-selection.ts";

/** A membership by the protocol that the options name, and the topics it is for. Throws `ClientError` INVALID_ARGUMENT. */
export function openMembership(
  cluster: Cluster,
  lane: Lane,
  options: ResolvedConsumerOptions,
  groupId: string,
  wanted: readonly string[] | RegExp | SubscriptionPattern,
  events: MembershipEvents,
): { readonly member: Membership; readonly selection: TopicSelection } {
  const { groupInstanceId, maxPollIntervalMs } = options;
  const { rack } = cluster.options;
  const select = (topics: readonly string[] | RegExp) =>
    new TopicSelection(cluster, topics, { mayCreate: options.allowAutoCreateTopics, excludeInternal: options.excludeInternalTopics });
  if (options.groupProtocol === "consumer") {
    const pattern = "pattern" in wanted ? wanted.pattern : wanted instanceof RegExp ? serverPatternFor(wanted, options) : undefined;
    // What the coordinator matches is not for the client to look for.
    const selection = select(pattern !== undefined || "pattern" in wanted ? [] : wanted);
    const { remoteAssignor } = options;
    const own = { groupId, groupInstanceId, maxPollIntervalMs };
    const dialect = new ConsumerDialect(cluster, lane, { ...own, remoteAssignor, pattern, rack }, () => events.news());
    return { member: new EpochMember(cluster, own, dialect, events), selection };
  }
  if (options.streamsRole !== undefined) {
    if (!Array.isArray(wanted))
      throw new ClientError("INVALID_ARGUMENT", "subscribe: a streams group (KIP-1071) reads topics by name; give a list of them.", {
        subject: "topics",
      });
    const own = { groupId, groupInstanceId, maxPollIntervalMs };
    const dialect = new StreamsDialect(cluster, lane, { ...own, rack, role: options.streamsRole });
    return { member: new EpochMember(cluster, own, dialect, events), selection: select(wanted) };
  }
  if ("pattern" in wanted)
    throw new ClientError(
      "INVALID_ARGUMENT",
      `subscribe: { pattern } needs ${options.nameOf("groupProtocol")} "consumer"; with "classic" give a RegExp.`,
      { subject: "topics" },
    );
  const { assignors, sessionTimeoutMs, heartbeatIntervalMs } = options;
  const memberOptions = { groupId, groupInstanceId, assignors, sessionTimeoutMs, heartbeatIntervalMs, maxPollIntervalMs, rack };
  return { member: new ClassicMember(cluster, lane, memberOptions, events), selection: select(wanted) };
}

function serverPatternFor(expression: RegExp, { excludeInternalTopics }: ResolvedConsumerOptions): string | undefined {
  return serverPatternOf(expression, { excludeInternal: excludeInternalTopics });
}
