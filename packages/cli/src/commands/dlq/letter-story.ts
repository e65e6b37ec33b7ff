import { type ConsumerRecord, type HeaderInput, originalHeaders, readFailure, type RecordFailure } from "@ottla/client";

/** What a dead letter tells of itself: written by a consumer of ours, or by a connector (KIP-298), whoever's Connect ran it. */
export interface LetterStory extends RecordFailure {
  /** Of a connector's. */
  readonly connect?: {
    readonly connector: string;
    readonly task: number | undefined;
    readonly stage: string | undefined;
    readonly field: string | undefined;
  };
}

const CONNECT = "__connect.errors.";

/** Undefined: the record has no story. */
export function storyOf(record: Pick<ConsumerRecord, "headers">): LetterStory | undefined {
  return readFailure(record) ?? connectStory(record);
}

/** The headers that a record had before it failed. */
export function headersBefore(record: Pick<ConsumerRecord, "headers">): HeaderInput[] {
  return originalHeaders(record).filter(({ key }) => !key.startsWith(CONNECT));
}

function connectStory({ headers }: Pick<ConsumerRecord, "headers">): LetterStory | undefined {
  const values = new Map<string, string>();
  for (const { key, value } of headers)
    if (value !== null && key.startsWith(CONNECT)) values.set(key.slice(CONNECT.length), value.toString());
  const connector = values.get("connector.name");
  const topic = values.get("topic");
  if (connector === undefined || topic === undefined) return undefined;
  const number = (name: string): number | undefined => {
    const value = Number(values.get(name) ?? Number.NaN);
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  return {
    // Of a source's record there is a topic alone: it was never written.
    origin: { topic, partition: number("partition") ?? -1, offset: number("offset") ?? -1, timestamp: -1 },
    groupId: `connect-${connector}`,
    attempts: 1,
    errorName: values.get("exception.class.name") ?? "",
    errorMessage: values.get("exception.message") ?? "",
    errorStack: values.get("exception.stacktrace"),
    firstFailedAt: -1,
    lastFailedAt: -1,
    retryLevel: 0,
    dueAt: undefined,
    connect: { connector, task: number("task.id"), stage: values.get("stage"), field: values.get("field") },
  };
}
