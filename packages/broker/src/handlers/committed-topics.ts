import { mapInSlices, type TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { OffsetCommitTopic, OffsetsAnswer } from "../groups/offsets/offset-rules.ts";
import type { ClusterMetadata, TopicMetadata } from "../metadata/cluster-metadata.ts";

/** A topic as a commit of offsets names it: by id, or by name where there is a name. */
interface NamedTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: OffsetCommitTopic["partitions"];
}

interface AskedTopic<Topic extends NamedTopic> {
  readonly topic: Topic;
  readonly known: TopicMetadata | undefined;
}

const NOTHING_COMMITTED: OffsetsAnswer = { errorCode: ErrorCode.NONE, topics: [] };

/** The topics of a request that commits offsets: those that are there are handed on, and every partition asked for is answered. */
export class CommittedTopics<Topic extends NamedTopic> {
  /** What is there of it. */
  readonly present: readonly OffsetCommitTopic[];
  readonly #asked: readonly AskedTopic<Topic>[];
  readonly #missingErrorCode: number;

  constructor(metadata: ClusterMetadata, topics: readonly Topic[], usesTopicIds: boolean) {
    this.#missingErrorCode = usesTopicIds ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    this.#asked = topics.map((topic) => ({ topic, known: usesTopicIds ? metadata.topicById(topic.topicId) : metadata.topic(topic.name) }));
    this.present = this.#asked.flatMap(({ known, topic }) => (known ? presentPart(known, topic) : []));
  }

  /** Topics and partitions in the order of the request, as `shape` makes them, with the error code of each partition; at once where the slice lasts. */
  answer<Shaped>(
    slice: TimeSlice,
    { errorCode, topics }: OffsetsAnswer = NOTHING_COMMITTED,
    shape: (topic: Topic, codes: readonly { readonly partitionIndex: number; readonly errorCode: number }[]) => Shaped,
  ): Shaped[] | Promise<Shaped[]> {
    const failures = failuresOf(topics);
    const resultOf = (known: TopicMetadata | undefined, partitionIndex: number): number => {
      if (known === undefined) return this.#missingErrorCode;
      if (!known.partitions[partitionIndex]) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      return errorCode === ErrorCode.NONE ? (failures.get(known.name)?.get(partitionIndex) ?? ErrorCode.NONE) : errorCode;
    };
    return mapInSlices(slice, this.#asked, ({ topic, known }) =>
      shape(
        topic,
        topic.partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: resultOf(known, partitionIndex) })),
      ),
    );
  }
}

function presentPart({ name, topicId, partitions: known }: TopicMetadata, topic: NamedTopic): OffsetCommitTopic[] {
  const partitions = topic.partitions.filter(({ partitionIndex }) => known[partitionIndex]);
  return partitions.length > 0 ? [{ name, topicId, partitions }] : [];
}

/** Error codes by topic and partition, of those that have one. */
function failuresOf(topics: OffsetsAnswer["topics"]): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const failures = new Map<string, Map<number, number>>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      if (errorCode === ErrorCode.NONE) continue;
      let ofTopic = failures.get(name);
      if (!ofTopic) failures.set(name, (ofTopic = new Map()));
      ofTopic.set(partitionIndex, errorCode);
    }
  }
  return failures;
}
