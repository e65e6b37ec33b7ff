/**
 * The error classes that programs written for kafkajs catch, by `instanceof` or by `name`. Each has `retriable`; what the client itself threw is the `cause`.
 */
export class KafkaJSError extends Error {
  override name = "KafkaJSError";
  retriable: boolean;
  readonly helpUrl: string | undefined;

  constructor(e: Error | string, { retriable = true, cause }: { readonly retriable?: boolean; readonly cause?: unknown } = {}) {
    const from = cause ?? (e instanceof Error ? e : undefined);
    super(e instanceof Error ? e.message : e, from === undefined ? undefined : { cause: from });
    this.retriable = retriable;
  }
}

/** Trying again mends nothing: mostly a call that makes no sense. */
export class KafkaJSNonRetriableError extends KafkaJSError {
  override name = "KafkaJSNonRetriableError";

  constructor(e: Error | string, options: { readonly cause?: unknown } = {}) {
    super(e, { ...options, retriable: false });
  }
}

interface ProtocolErrorFacts {
  readonly type?: string;
  readonly code?: number;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/** What a broker answered: `type` is the error's name, `code` its number. Made of another error it takes over what that one says. */
export class KafkaJSProtocolError extends KafkaJSError {
  override name = "KafkaJSProtocolError";
  readonly type: string;
  readonly code: number;

  constructor(e: Error | string, facts: ProtocolErrorFacts = {}) {
    super(e, facts);
    const known: ProtocolErrorFacts = e instanceof Error ? e : {};
    this.type = facts.type ?? known.type ?? "UNKNOWN";
    this.code = facts.code ?? known.code ?? -1;
    this.retriable = facts.retriable ?? known.retriable ?? false;
  }
}

/** Records were to be deleted up to an offset that is not there. Consumers reset instead. */
export class KafkaJSOffsetOutOfRange extends KafkaJSProtocolError {
  override name = "KafkaJSOffsetOutOfRange";
  readonly topic: string;
  readonly partition: number;

  constructor(e: Error | string, { topic, partition }: { readonly topic: string; readonly partition: number }) {
    super(e);
    this.topic = topic;
    this.partition = partition;
  }
}

/** A topic that was not created; stands in an aggregate. */
export class KafkaJSCreateTopicError extends KafkaJSProtocolError {
  override name = "KafkaJSCreateTopicError";
  readonly topic: string;

  constructor(e: Error | string, topicName: string) {
    super(e);
    this.topic = topicName;
  }
}

/** A partition that is not moved; stands in an aggregate. */
export class KafkaJSAlterPartitionReassignmentsError extends KafkaJSProtocolError {
  override name = "KafkaJSAlterPartitionReassignmentsError";
  readonly topic: string | undefined;
  readonly partition: number | undefined;

  constructor(e: Error | string, topicName?: string, partition?: number) {
    super(e);
    this.topic = topicName;
    this.partition = partition;
  }
}

/** Several errors of one call. */
export class KafkaJSAggregateError extends Error {
  override name = "KafkaJSAggregateError";
  readonly errors: readonly (Error | string)[];

  constructor(message: Error | string, errors: readonly (Error | string)[]) {
    super(message instanceof Error ? message.message : message);
    this.errors = errors;
  }
}

/** The last of several tries failed; `cause` says how. */
export class KafkaJSNumberOfRetriesExceeded extends KafkaJSNonRetriableError {
  override name = "KafkaJSNumberOfRetriesExceeded";
  readonly retryCount: number;
  readonly retryTime: number;

  constructor(e: Error | string, { retryCount, retryTime }: { readonly retryCount: number; readonly retryTime: number }) {
    super(e);
    this.retryCount = retryCount;
    this.retryTime = retryTime;
  }
}

/** No connection to a broker. */
export class KafkaJSConnectionError extends KafkaJSError {
  override name = "KafkaJSConnectionError";
  readonly broker: string | undefined;
  readonly code: string | undefined;

  constructor(
    e: Error | string,
    { broker, code, cause }: { readonly broker?: string; readonly code?: string; readonly cause?: unknown } = {},
  ) {
    super(e, { cause });
    this.broker = broker;
    this.code = code;
  }
}

/** A connection that ended while an answer was due. */
export class KafkaJSConnectionClosedError extends KafkaJSConnectionError {
  override name = "KafkaJSConnectionClosedError";
}

/** No answer in time. */
export class KafkaJSRequestTimeoutError extends KafkaJSError {
  override name = "KafkaJSRequestTimeoutError";
  readonly broker: string | undefined;
  readonly clientId: string | undefined;
  readonly correlationId: number | undefined;
  readonly createdAt: number | undefined;
  readonly sentAt: number | undefined;
  readonly pendingDuration: number | undefined;
}

/** Nothing is known of the cluster. */
export class KafkaJSMetadataNotLoaded extends KafkaJSError {
  override name = "KafkaJSMetadataNotLoaded";
}

/** Nothing is known of a topic. */
export class KafkaJSTopicMetadataNotLoaded extends KafkaJSMetadataNotLoaded {
  override name = "KafkaJSTopicMetadataNotLoaded";
  readonly topic: string | undefined;

  constructor(e: Error | string, { topic, cause }: { readonly topic?: string; readonly cause?: unknown } = {}) {
    super(e, { cause });
    this.topic = topic;
  }
}

/** Never thrown here: partitions that are not known are waited for. */
export class KafkaJSStaleTopicMetadataAssignment extends KafkaJSError {
  override name = "KafkaJSStaleTopicMetadataAssignment";
}

/** Groups that could not be deleted. */
export class KafkaJSDeleteGroupsError extends KafkaJSError {
  override name = "KafkaJSDeleteGroupsError";
  readonly groups: readonly { readonly groupId: string; readonly errorCode: number; readonly error: KafkaJSError }[];

  constructor(e: Error | string, groups: KafkaJSDeleteGroupsError["groups"] = []) {
    super(e);
    this.groups = groups;
  }
}

/** Partitions whose records could not be deleted. */
export class KafkaJSDeleteTopicRecordsError extends KafkaJSError {
  override name = "KafkaJSDeleteTopicRecordsError";
  readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly error: KafkaJSError }[];

  constructor({ partitions }: { readonly partitions: KafkaJSDeleteTopicRecordsError["partitions"] }) {
    super("Error while deleting records", { retriable: partitions.length > 0 && partitions.every(({ error }) => error.retriable) });
    this.partitions = partitions;
  }
}

/** The broker has no version of a call that this client knows. */
export class KafkaJSServerDoesNotSupportApiKey extends KafkaJSNonRetriableError {
  override name = "KafkaJSServerDoesNotSupportApiKey";
}

/** A partition has no leader that could be asked. */
export class KafkaJSBrokerNotFound extends KafkaJSError {
  override name = "KafkaJSBrokerNotFound";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSPartialMessageError extends KafkaJSNonRetriableError {
  override name = "KafkaJSPartialMessageError";
}

/** Never thrown yet; for `instanceof`. */
export class KafkaJSSASLAuthenticationError extends KafkaJSNonRetriableError {
  override name = "KafkaJSSASLAuthenticationError";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSGroupCoordinatorNotFound extends KafkaJSNonRetriableError {
  override name = "KafkaJSGroupCoordinatorNotFound";
}

/** Something of kafkajs that is not there yet. */
export class KafkaJSNotImplemented extends KafkaJSNonRetriableError {
  override name = "KafkaJSNotImplemented";
}

/** Something was not done within its time. */
export class KafkaJSTimeout extends KafkaJSNonRetriableError {
  override name = "KafkaJSTimeout";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSLockTimeout extends KafkaJSTimeout {
  override name = "KafkaJSLockTimeout";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSUnsupportedMagicByteInMessageSet extends KafkaJSNonRetriableError {
  override name = "KafkaJSUnsupportedMagicByteInMessageSet";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSInvariantViolation extends KafkaJSNonRetriableError {
  override name = "KafkaJSInvariantViolation";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSInvalidVarIntError extends KafkaJSNonRetriableError {
  override name = "KafkaJSInvalidVarIntError";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSInvalidLongError extends KafkaJSNonRetriableError {
  override name = "KafkaJSInvalidLongError";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSNoBrokerAvailableError extends KafkaJSError {
  override name = "KafkaJSNoBrokerAvailableError";
}

/** Never thrown here; for `instanceof`. */
export class KafkaJSFetcherRebalanceError extends Error {
  override name = "KafkaJSFetcherRebalanceError";
}
