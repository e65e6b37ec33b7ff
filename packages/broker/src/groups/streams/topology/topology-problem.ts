/** What members are told of their group beside tasks, by Kafka's codes. */
export const STREAMS_STATUS = {
  STALE_TOPOLOGY: 0,
  MISSING_SOURCE_TOPICS: 1,
  INCORRECTLY_PARTITIONED_TOPICS: 2,
  MISSING_INTERNAL_TOPICS: 3,
  SHUTDOWN_APPLICATION: 4,
  ASSIGNMENT_DELAYED: 5,
  MISSING_CLIENT_TAGS: 6,
} as const;

export type StreamsStatusName = keyof typeof STREAMS_STATUS;

/** The topics do not fit the topology as they are: the group waits until they do. */
export class TopologyProblem extends Error {
  override readonly name = "TopologyProblem";
  readonly status: StreamsStatusName;

  constructor(status: StreamsStatusName, message: string) {
    super(message);
    this.status = status;
  }
}
