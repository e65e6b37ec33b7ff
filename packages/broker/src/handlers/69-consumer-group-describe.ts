// ConsumerGroupDescribe v0-1. KIP-848; v1: the protocol that a member speaks (KIP-1099).
import { TimeSlice } from "@ottla/base";
import { ErrorCode, ResourceType } from "@ottla/protocol";
import {
  type Assignment,
  type ConsumerGroupDescribeRequest,
  type ConsumerGroupDescribeResponse,
  consumerGroupDescribeApi,
  type DescribedGroup,
  type Member,
  makeAssignment,
  makeConsumerGroupDescribeResponse,
  makeDescribedGroup,
  makeMember,
  makeTopicPartitions,
} from "@ottla/protocol/apis/consumer-group-describe";
import { NOT_ASKED } from "../authorized-operations.ts";
import type { ConsumerGroup } from "../groups/consumer/consumer-group.ts";
import type { ConsumerMember } from "../groups/consumer/consumer-member.ts";
import { eachItem, isMet, need } from "../authorisation.ts";
import type { Handler, RequestContext } from "../handler.ts";
import { servesConsumerGroups } from "./68-consumer-group-heartbeat.ts";

const CLASSIC_MEMBER = 0;
const CONSUMER_MEMBER = 1;

/** Groups that come when an answer tells of so many partitions and topics already are refused: a request may name a large group many times over. */
const DETAILS_MAX = 300_000;

const MAY_DESCRIBE = need("DESCRIBE", "GROUP", "each group");
const MAY_SEE_TOPICS = need("DESCRIBE", "TOPIC", "each topic that members have or shall have", { note: "else the group is refused" });

export const consumerGroupDescribeHandler: Handler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> = {
  api: consumerGroupDescribeApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: eachItem({
    need: [MAY_DESCRIBE, MAY_SEE_TOPICS],
    items: ({ groupIds }) => groupIds,
    nameOf: (groupId, { broker }) => (servesConsumerGroups(broker) ? groupId : undefined),
    narrow: (request, groupIds) => ({ ...request, groupIds }),
    refuse: (groupId, errorCode) => failed(groupId, errorCode, null),
    join: (response, refused) => ({ ...response, groups: [...refused, ...response.groups] }),
  }),

  async handle(context, { groupIds, includeAuthorizedOperations }) {
    const description = new Description(context, includeAuthorizedOperations);
    const groups: DescribedGroup[] = [];
    for (const groupId of groupIds) groups.push(await description.describe(groupId));
    return makeConsumerGroupDescribeResponse({ groups });
  },
};

const TOPICS_HIDDEN = "The group has described topic(s) that the client is not authorized to describe.";

class Description {
  readonly #context: RequestContext;
  readonly #tellsOperations: boolean;
  readonly #slice: TimeSlice;
  #details = 0;

  constructor(context: RequestContext, tellsOperations: boolean) {
    this.#context = context;
    this.#tellsOperations = tellsOperations;
    this.#slice = new TimeSlice(context.broker.clock);
  }

  async describe(groupId: string): Promise<DescribedGroup> {
    const {
      broker,
      session: { nodeId },
    } = this.#context;
    if (!servesConsumerGroups(broker)) return failed(groupId, ErrorCode.UNSUPPORTED_VERSION, null);
    if (groupId === "") return failed(groupId, ErrorCode.INVALID_GROUP_ID, null);
    if (this.#details > DETAILS_MAX)
      return failed(groupId, ErrorCode.INVALID_REQUEST, "The answer would be too large: ask for fewer groups at a time.");
    const group = broker.groups.group(groupId, nodeId);
    if (typeof group === "number") return failed(groupId, group, null);
    if (group?.type !== "consumer") {
      const why = group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a consumer group.`;
      return failed(groupId, ErrorCode.GROUP_ID_NOT_FOUND, why);
    }
    const { state, groupEpoch, assignmentEpoch } = group;
    const members = await this.#members(group);
    if (!members.every((member) => this.#seesTopicsOf(member))) return failed(groupId, MAY_SEE_TOPICS.errorCode, TOPICS_HIDDEN);
    const [defaultAssignor = ""] = broker.config.list("group.consumer.assignors");
    return makeDescribedGroup({
      groupId,
      groupState: state,
      groupEpoch,
      assignmentEpoch,
      assignorName: preferred(group) ?? defaultAssignor,
      members,
      authorizedOperations: this.#tellsOperations ? this.#context.access.operationsOn(ResourceType.GROUP, groupId) : NOT_ASKED,
    });
  }

  #seesTopicsOf({ assignment, targetAssignment }: Member): boolean {
    return [assignment, targetAssignment].every(({ topicPartitions }) =>
      topicPartitions.every(({ topicName }) => isMet(this.#context.access, MAY_SEE_TOPICS, topicName)),
    );
  }

  /** A large group is told in slices: members that come or go meanwhile may be in it or not. */
  async #members(group: ConsumerGroup): Promise<Member[]> {
    const members: Member[] = [];
    for (const member of group.members.values()) {
      members.push(this.#member(group, member));
      if (this.#slice.isOver) await this.#slice.rest();
    }
    return members;
  }

  #member(group: ConsumerGroup, member: ConsumerMember): Member {
    const partitions = new Map<string, number[]>();
    for (const part of [member.assigned, member.pendingRevocation]) {
      for (const [topicId, epochs] of part) partitions.set(topicId, [...(partitions.get(topicId) ?? []), ...epochs.keys()]);
    }
    this.#details += member.subscribedTopicNames.sorted.length + 1;
    return makeMember({
      memberId: member.memberId,
      instanceId: member.instanceId,
      rackId: member.rackId,
      memberEpoch: member.memberEpoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: member.subscribedTopicNames.sorted,
      subscribedTopicRegex: member.subscribedTopicRegex,
      assignment: this.#assignment(partitions),
      targetAssignment: this.#assignment(group.targets.get(member.memberId) ?? new Map()),
      memberType: member.classic ? CLASSIC_MEMBER : CONSUMER_MEMBER,
    });
  }

  /** Topics that are gone have no name. */
  #assignment(partitions: ReadonlyMap<string, readonly number[]>): Assignment {
    const topicPartitions = Array.from(partitions, ([topicId, indexes]) => {
      this.#details += indexes.length;
      const topicName = this.#context.broker.metadata.topicById(topicId)?.name;
      return topicName === undefined ? [] : [makeTopicPartitions({ topicId, topicName, partitions: indexes })];
    });
    return makeAssignment({ topicPartitions: topicPartitions.flat() });
  }
}

function preferred({ assignorVotes }: ConsumerGroup): string | undefined {
  let winner: string | undefined;
  let winnerVotes = 0;
  for (const [name, votes] of assignorVotes) if (votes > winnerVotes) [winner, winnerVotes] = [name, votes];
  return winner;
}

function failed(groupId: string, errorCode: number, errorMessage: string | null): DescribedGroup {
  return makeDescribedGroup({ groupId, errorCode, errorMessage, authorizedOperations: NOT_ASKED });
}
