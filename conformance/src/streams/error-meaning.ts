import type { CaseError } from "./case.ts";

/** Whether Java's error says the same as the other one, Ottla's or Java's own as recorded. Of what failed when a cache was flushed Java names the store alone: not the node, nor the record. */
export function isSameError(java: CaseError, other: CaseError): boolean {
  if (!IN_FLUSH.test(java.message)) return meaningOf(java) === meaningOf(other);
  return IN_FLUSH.test(other.message) ? java.message === other.message : whatOf(other) === "STREAMS_PROCESSING";
}

/** What an error says, in Ottla's code where it has one, and where it happened: alike for Java's error and Ottla's. */
function meaningOf(error: CaseError): string {
  return [whatOf(error), ...placeOf(error.message)].join(" ");
}

const whatOf = (error: CaseError): string => (error.kind.startsWith("STREAMS_") ? ottlaMeaning(error) : javaMeaning(error));

const IN_FLUSH = /Failed to flush cache of store/;

/** Java has one class for most of what goes wrong; its text tells more. */
const javaTexts: readonly (readonly [RegExp, string])[] = [
  [/ <- StreamsException: (?:A serializer \(|ClassCastException while producing data)/, "STREAMS_SERIALIZATION"],
  [/^Deserialization exception handler is set to fail/, "STREAMS_DESERIALIZATION"],
  [/^Exception caught in process\./, "STREAMS_PROCESSING"],
  [/^Exception caught during Deserialization/, "STREAMS_DESERIALIZATION"],
  [/ClassCastException while producing data|Failed to serialize|Unable to serialize/, "STREAMS_SERIALIZATION"],
  [/has not been named/, "STREAMS_NAME_MISSING"],
  [/is already added|already been registered|has already been added/, "STREAMS_NAME_TAKEN"],
  [/not co-partitioned|do not have the same number of partitions/, "STREAMS_CO_PARTITIONING"],
];

function javaMeaning({ kind, message }: CaseError): string {
  const found = javaTexts.find(([text]) => text.test(message))?.[1];
  return found ?? (REFUSALS.has(kind) ? "refused" : kind);
}

/** Java's classes for a call that it does not take. */
const REFUSALS: ReadonlySet<string> = new Set([
  "IllegalArgumentException",
  "TopologyException",
  "StreamsException",
  "NullPointerException",
]);

const ottlaMeaning = ({ kind }: CaseError): string =>
  kind === "STREAMS_BAD_ARGUMENT" || kind === "STREAMS_TOPOLOGY" || kind === "STREAMS_BAD_NAME" ? "refused" : kind;

/** The node and the record, of what a node's code throws. Of a record that had been held back, Java names the one that made it go on, and Ottla both. Where a sink's serde fails Java names the node above it, so there only the record counts. */
function placeOf(message: string): string[] {
  const sink =
    /topic=(\S+), partition=(\d+), offset=(\d+) <- StreamsException: ClassCastException while producing data/.exec(message) ??
    /^Sink \S+ cannot write .* of the record (\S+)-(\d+) at offset (\d+) with key /.exec(message);
  if (sink !== null) return sink.slice(1);
  const java = /processor=([^,]+), topic=([^,]+), partition=(\d+), offset=(\d+)/.exec(message);
  if (java !== null) return [java[1]!, `${java[2]}-${java[3]}`, java[4]!];
  const ours = /^(\S+) failed on the record (\S+) at offset (\d+)(?:, held back until (\S+) at offset (\d+) came,)? with key /.exec(
    message,
  );
  if (ours === null) return [];
  const [, node, topic, offset, goingOnTopic, goingOnOffset] = ours;
  return [node!, goingOnTopic ?? topic!, goingOnOffset ?? offset!];
}
