// OffsetFetch v1-10. v2 null topics = all, top-level error; v5 leader epoch (KIP-320), v7 require_stable (KIP-447), v8 several groups (KIP-709),
// v9 member epochs, v10 topic ids (KIP-848).
// What is told was kept as the topic promises: with flush.messages=1 it is on the disk. Kafka shows what is below the high watermark, which moves after its flush.
import { TimeSlice } from "@ottla/base";
import { ErrorCode, madeWhenWritten, NIL_UUID } from "@ottla/protocol";
import {
  makeOffsetFetchResponse,
  makeOffsetFetchResponseGroup,
  makeOffsetFetchResponsePartition,
  makeOffsetFetchResponsePartitions,
  makeOffsetFetchResponseTopic,
  makeOffsetFetchResponseTopics,
  type OffsetFetchRequest,
  type OffsetFetchRequestTopics,
  type OffsetFetchResponse,
  type OffsetFetchResponseGroup,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { checkEpochFetch } from "../groups/consumer/commit-check.ts";
import { checkTaskFetch } from "../groups/streams/streams-commit-check.ts";
import type { CommittedOffset } from "../groups/group-records.ts";
import { isMet, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext, type Decision } from "../handler.ts";
import type { ReadonlyTopicOffsets } from "../groups/offsets/topic-offsets.ts";

const MAY_SEE_GROUP = need("DESCRIBE", "GROUP", "each group");
const MAY_SEE_TOPIC = need("DESCRIBE", "TOPIC", "each topic", { note: "where all are asked for, it is left out" });

export const offsetFetchHandler: Handler<OffsetFetchRequest, OffsetFetchResponse> = {
  api: offsetFetchApi,
  minVersion: 1,
  maxVersion: 10,
  authorisation: {
    needs: [MAY_SEE_GROUP, MAY_SEE_TOPIC],
    decide: (context, request) => (context.version >= 8 ? decideGroups(context, request) : decideOneGroup(context, request)),
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle(context, request) {
    return context.version >= 8 ? fetchGroups(context, request) : fetchOneGroup(context, request);
  },
};

function decideOneGroup(context: RequestContext, request: OffsetFetchRequest): Decision<OffsetFetchRequest, OffsetFetchResponse> {
  if (!isMet(context.access, MAY_SEE_GROUP, request.groupId))
    return { kind: "answer", response: failedOneGroup(context, request, MAY_SEE_GROUP.errorCode) };
  if (request.topics === null) {
    const complete = (response: OffsetFetchResponse | undefined) =>
      response && { ...response, topics: response.topics.filter(({ name }) => isMet(context.access, MAY_SEE_TOPIC, name)) };
    return { kind: "go-on", request, complete };
  }
  const { seen, hidden } = apart(context, request.topics);
  if (hidden.length === 0) return { kind: "go-on", request };
  const refused = oneGroupResponse(hidden, ErrorCode.NONE).topics;
  return {
    kind: "go-on",
    request: { ...request, topics: seen },
    complete: (response) =>
      response && (response.errorCode === ErrorCode.NONE ? { ...response, topics: [...response.topics, ...refused] } : response),
  };
}

/** What becomes of one group of a request. */
type GroupPart = "refused" | "filtered" | Apart<OffsetFetchRequestTopics>;

function decideGroups(context: RequestContext, request: OffsetFetchRequest): Decision<OffsetFetchRequest, OffsetFetchResponse> {
  const parts = request.groups.map(({ groupId, topics }): GroupPart => {
    if (!isMet(context.access, MAY_SEE_GROUP, groupId)) return "refused";
    return topics === null ? "filtered" : apart(context, topics);
  });
  const groups = request.groups.flatMap((group, at) => {
    const part = parts[at]!;
    if (part === "refused") return [];
    return part === "filtered" || part.hidden.length === 0 ? [group] : [{ ...group, topics: part.seen }];
  });
  return {
    kind: "go-on",
    request: { ...request, groups },
    complete(response) {
      if (response === undefined) return undefined;
      const answers = response.groups[Symbol.iterator]();
      const woven = parts.map((part, at) => {
        const answered = part === "refused" ? undefined : answers.next().value;
        if (answered === undefined || part === "refused")
          return makeOffsetFetchResponseGroup({ groupId: request.groups[at]!.groupId, errorCode: MAY_SEE_GROUP.errorCode });
        if (answered.errorCode !== ErrorCode.NONE) return answered;
        const topics =
          part === "filtered"
            ? answered.topics.filter(({ name }) => isMet(context.access, MAY_SEE_TOPIC, name))
            : [...answered.topics, ...part.hidden.map(groupTopic)];
        return { ...answered, topics };
      });
      return { ...response, groups: woven };
    },
  };
}

/** Topics that the client may see, and those that it may not, refused. */
interface Apart<Topic extends AskedTopic> {
  readonly seen: Topic[];
  readonly hidden: FoundTopic[];
}

function apart<Topic extends AskedTopic>({ access, broker, version }: RequestContext, topics: readonly Topic[]): Apart<Topic> {
  const seen: Topic[] = [];
  const hidden: FoundTopic[] = [];
  for (const topic of topics) {
    const { topicId = NIL_UUID } = topic;
    const name = version >= 10 ? broker.metadata.topicById(topicId)?.name : topic.name;
    if (name === undefined || isMet(access, MAY_SEE_TOPIC, name)) seen.push(topic);
    else hidden.push(withoutOffsets(name, topicId, topic.partitionIndexes, MAY_SEE_TOPIC.errorCode));
  }
  return { seen, hidden };
}

interface AskedTopic {
  readonly name: string;
  readonly topicId?: string;
  readonly partitionIndexes: readonly number[];
}

interface FoundTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly FoundPartition[];
}

interface FoundPartition {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch: number;
  readonly metadata: string;
  readonly errorCode: number;
}

/** What one group of a request is told: its topics, or why not. `areKept`: see `GroupOffsets.areKept`. */
type GroupFound =
  | { readonly errorCode: number }
  | { readonly topics: readonly FoundTopic[]; readonly areKept: Promise<boolean> | undefined; readonly answerBytes: number };

async function fetchOneGroup(context: RequestContext, request: OffsetFetchRequest): Promise<OffsetFetchResponse> {
  const found = await new GroupLook(context, request, request.groupId, new TimeSlice(context.broker.clock)).find(request.topics);
  if ("errorCode" in found) return failedOneGroup(context, request, found.errorCode);
  if (found.areKept !== undefined && !(await found.areKept)) return failedOneGroup(context, request, ErrorCode.NOT_COORDINATOR);
  return oneGroupResponse(found.topics, ErrorCode.NONE);
}

function failedOneGroup({ version }: RequestContext, request: OffsetFetchRequest, errorCode: number): OffsetFetchResponse {
  // Version 1 has no place for an error but the partitions.
  const failed =
    version >= 2 ? [] : (request.topics ?? []).map((topic) => withoutOffsets(topic.name, NIL_UUID, topic.partitionIndexes, errorCode));
  return oneGroupResponse(failed, errorCode);
}

function oneGroupResponse(topics: readonly FoundTopic[], errorCode: number): OffsetFetchResponse {
  return makeOffsetFetchResponse({
    errorCode,
    topics: topics.map(({ name, partitions }) =>
      makeOffsetFetchResponseTopic({ name, partitions: madeWhenWritten(partitions, makeOffsetFetchResponsePartition) }),
    ),
  });
}

async function fetchGroups(context: RequestContext, request: OffsetFetchRequest): Promise<OffsetFetchResponse> {
  const groups: OffsetFetchResponseGroup[] = [];
  const slice = new TimeSlice(context.broker.clock);
  let answerBytes = 0;
  const doubts: { readonly at: number; readonly areKept: Promise<boolean> }[] = [];
  for (const { groupId, memberId, memberEpoch, topics } of request.groups) {
    const refusal = answerBytes > ANSWER_BYTES_MAX ? ErrorCode.INVALID_REQUEST : checkMember(context, groupId, memberId, memberEpoch);
    const found = refusal === ErrorCode.NONE ? await new GroupLook(context, request, groupId, slice).find(topics) : { errorCode: refusal };
    if ("errorCode" in found) {
      groups.push(makeOffsetFetchResponseGroup({ groupId, errorCode: found.errorCode }));
    } else {
      answerBytes += found.answerBytes;
      if (found.areKept !== undefined) doubts.push({ at: groups.length, areKept: found.areKept });
      groups.push(makeOffsetFetchResponseGroup({ groupId, topics: found.topics.map(groupTopic) }));
    }
    if (slice.isOver) await slice.rest();
  }
  for (const { at, areKept } of doubts)
    if (!(await areKept)) groups[at] = makeOffsetFetchResponseGroup({ groupId: groups[at]!.groupId, errorCode: ErrorCode.NOT_COORDINATOR });
  return makeOffsetFetchResponse({ groups });
}

function groupTopic({ name, topicId, partitions }: FoundTopic) {
  return makeOffsetFetchResponseTopics({ name, topicId, partitions: madeWhenWritten(partitions, makeOffsetFetchResponsePartitions) });
}

/** From v9 a member of a consumer or streams group says so, and is told when it is behind. */
function checkMember(
  { broker, session: { nodeId } }: RequestContext,
  groupId: string,
  memberId: string | null,
  memberEpoch: number,
): number {
  const group = broker.groups.group(groupId, nodeId);
  if (typeof group === "number") return group;
  if (group?.type === "streams") return checkTaskFetch(group, memberId, memberEpoch);
  return group?.type === "consumer" ? checkEpochFetch(group, memberId, memberEpoch) : ErrorCode.NONE;
}

/** Groups that come when an answer is this large already are refused: a request may name a group with many offsets many times over. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** So many partitions are looked up before the time is looked at. */
const PARTITIONS_AT_ONCE = 64;

/**
 * Looks up offsets of one group, in slices. What it has committed, and what its transactions are about to, is looked up again after each rest: each partition is told as it was in one moment, though
 * not all in the same one, so that a transaction that ends meanwhile is never taken for one that has not begun.
 */
class GroupLook {
  readonly #context: RequestContext;
  readonly #request: OffsetFetchRequest;
  readonly #groupId: string;
  readonly #slice: TimeSlice;
  #committed: ReadonlyMap<string, ReadonlyTopicOffsets> = new Map();
  #isUnstable: (topic: string, partition: number) => boolean = () => false;
  /** Other than NONE once the group is not to be had here any more. */
  #errorCode: number = ErrorCode.NONE;
  /** Whether what was looked up before each rest is kept. */
  readonly #doubts: Promise<boolean>[] = [];
  #answerBytes = 0;
  #lookedAt = 0;

  constructor(context: RequestContext, request: OffsetFetchRequest, groupId: string, slice: TimeSlice) {
    this.#context = context;
    this.#request = request;
    this.#groupId = groupId;
    this.#slice = slice;
    this.#look();
  }

  /** `null`: all there are. */
  async find(asked: readonly AskedTopic[] | null): Promise<GroupFound> {
    const topics: FoundTopic[] = [];
    for (const topic of asked ?? this.#committed.keys()) {
      if (this.#isRestDue()) await this.#rest();
      if (this.#errorCode !== ErrorCode.NONE) break;
      const found = await (typeof topic === "string" ? this.#all(topic) : this.#asked(topic));
      if (found !== undefined) topics.push(found);
    }
    if (this.#errorCode !== ErrorCode.NONE) return { errorCode: this.#errorCode };
    this.#doubt();
    const areKept = this.#doubts.length === 0 ? undefined : Promise.all(this.#doubts).then((kept) => kept.every(Boolean));
    return { topics, areKept, answerBytes: this.#answerBytes };
  }

  #look(): void {
    const { broker, session } = this.#context;
    const committed = broker.groups.offsets.committed(this.#groupId, session.nodeId);
    if (typeof committed === "number") this.#errorCode = committed;
    else this.#committed = committed;
    // Who asks for stable offsets alone is not told of one that an open transaction may move.
    if (this.#request.requireStable) this.#isUnstable = broker.groups.offsets.pending(this.#groupId, session.nodeId);
  }

  async #all(name: string): Promise<FoundTopic | undefined> {
    const { broker, version } = this.#context;
    const topicId = broker.metadata.topic(name)?.topicId ?? NIL_UUID;
    // A topic that has no id any more cannot be named in v10.
    if (version >= 10 && topicId === NIL_UUID) return undefined;
    const partitions: FoundPartition[] = [];
    // Its offsets may be removed and committed anew in a rest.
    for (const index of [...(this.#committed.get(name)?.partitions() ?? [])]) {
      if (this.#isRestDue()) await this.#rest();
      const offset = this.#committed.get(name)?.get(index);
      // It was removed meanwhile.
      if (offset !== undefined) partitions.push(this.#found(name, index, offset));
    }
    return partitions.length === 0 ? undefined : { name, topicId, partitions };
  }

  async #asked(topic: AskedTopic): Promise<FoundTopic> {
    const { broker, version } = this.#context;
    const topicId = topic.topicId ?? NIL_UUID;
    const name = version >= 10 ? broker.metadata.topicById(topicId)?.name : topic.name;
    if (name === undefined) return withoutOffsets("", topicId, topic.partitionIndexes, ErrorCode.UNKNOWN_TOPIC_ID);
    const partitions: FoundPartition[] = [];
    for (const index of topic.partitionIndexes) {
      if (this.#isRestDue()) await this.#rest();
      const offset = this.#committed.get(name)?.get(index);
      const isOfAnotherTopic = offset !== undefined && topicId !== NIL_UUID && offset.topicId !== NIL_UUID && offset.topicId !== topicId;
      partitions.push(this.#found(name, index, isOfAnotherTopic ? undefined : offset));
    }
    return { name, topicId, partitions };
  }

  #found(name: string, index: number, offset: CommittedOffset | undefined): FoundPartition {
    const found = this.#isUnstable(name, index) ? unstablePartition(index) : foundPartition(index, offset);
    this.#answerBytes += 32 + found.metadata.length;
    return found;
  }

  #isRestDue(): boolean {
    return ++this.#lookedAt % PARTITIONS_AT_ONCE === 0 && this.#slice.isOver;
  }

  #doubt(): void {
    const areKept = this.#context.broker.groups.offsets.areKept(this.#groupId, this.#context.session.nodeId);
    if (areKept !== undefined) this.#doubts.push(areKept);
  }

  async #rest(): Promise<void> {
    this.#doubt();
    await this.#slice.rest();
    this.#look();
  }
}

function withoutOffsets(name: string, topicId: string, partitionIndexes: readonly number[], errorCode: number): FoundTopic {
  return {
    name,
    topicId,
    partitions: partitionIndexes.map((partitionIndex) => ({ ...foundPartition(partitionIndex, undefined), errorCode })),
  };
}

function unstablePartition(partitionIndex: number): FoundPartition {
  return { ...foundPartition(partitionIndex, undefined), errorCode: ErrorCode.UNSTABLE_OFFSET_COMMIT };
}

function foundPartition(partitionIndex: number, offset: CommittedOffset | undefined): FoundPartition {
  return {
    partitionIndex,
    committedOffset: offset?.offset ?? -1,
    committedLeaderEpoch: offset?.leaderEpoch ?? -1,
    metadata: offset?.metadata ?? "",
    errorCode: ErrorCode.NONE,
  };
}
