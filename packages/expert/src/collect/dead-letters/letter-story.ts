import { type ConsumerRecord, type HeaderInput, originalHeaders, readFailure, type RecordFailure } from "@ottla/client";

/** What a dead letter tells of itself: written by a consumer of ours, by a connector (KIP-298) or by a streams application (KIP-1034), whoever's they were. */
export interface LetterStory extends RecordFailure {
  /** Of a connector's. */
  readonly connect?: {
    readonly connector: string;
    readonly task: number | undefined;
    readonly stage: string | undefined;
    readonly field: string | undefined;
    /** The letter has only the beginning of a value of so many bytes, which is too large for the cluster. */
    readonly cutFromBytes: number | undefined;
  };
}

const CONNECT = "__connect.errors.";
const STREAMS = "__streams.errors.";

/** Undefined: the record has no story. */
export function storyOf(record: Pick<ConsumerRecord, "headers">): LetterStory | undefined {
  return readFailure(record) ?? connectStory(record) ?? streamsStory(record);
}

/** The headers that a record had before it failed. */
export function headersBefore(record: Pick<ConsumerRecord, "headers">): HeaderInput[] {
  return originalHeaders(record).filter(({ key }) => !key.startsWith(CONNECT) && !key.startsWith(STREAMS));
}

function connectStory(record: Pick<ConsumerRecord, "headers">): LetterStory | undefined {
  const { text, number } = headersBelow(record, CONNECT);
  const connector = text("connector.name");
  const topic = text("topic");
  if (connector === undefined || topic === undefined) return undefined;
  return {
    // Of a source's record there is a topic alone: it was never written.
    origin: { topic, partition: number("partition") ?? -1, offset: number("offset") ?? -1, timestamp: -1 },
    groupId: `connect-${connector}`,
    ...ONCE,
    errorName: text("exception.class.name") ?? "",
    errorMessage: text("exception.message") ?? "",
    errorStack: text("exception.stacktrace"),
    connect: { connector, task: number("task.id"), stage: text("stage"), field: text("field"), cutFromBytes: number("cut.value.bytes") },
  };
}

function streamsStory(record: Pick<ConsumerRecord, "headers">): LetterStory | undefined {
  const { text, number } = headersBelow(record, STREAMS);
  const topic = text("topic");
  if (topic === undefined) return undefined;
  return {
    origin: { topic, partition: number("partition") ?? -1, offset: number("offset") ?? -1, timestamp: -1 },
    // The application does not name itself there.
    groupId: "",
    ...ONCE,
    errorName: text("exception") ?? "",
    errorMessage: text("message") ?? "",
    errorStack: text("stacktrace"),
  };
}

/** Of those who try once, and tell no times. */
const ONCE = { attempts: 1, firstFailedAt: -1, lastFailedAt: -1, retryLevel: 0, dueAt: undefined } as const;

/** The texts and whole numbers of headers whose names begin so; of several of a name the last. */
function headersBelow({ headers }: Pick<ConsumerRecord, "headers">, prefix: string) {
  const values = new Map<string, string>();
  for (const { key, value } of headers)
    if (value !== null && key.startsWith(prefix)) values.set(key.slice(prefix.length), value.toString());
  const text = (name: string): string | undefined => values.get(name);
  const number = (name: string): number | undefined => {
    const value = Number(values.get(name) ?? Number.NaN);
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  return { text, number };
}
