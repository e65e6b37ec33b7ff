/** Kafka's version of the format is 0; ours has one more column, so that a topic made again does not inherit what was known of the old one. */
const VERSION_WITHOUT_IDS = "0";
const VERSION = "1";
/** Stands for a topic id that is not known. */
const NO_ID = "-";

export const RECOVERY_POINT_FILE = "recovery-point-offset-checkpoint";
export const LOG_START_FILE = "log-start-offset-checkpoint";

/** One offset of one partition. */
export interface OffsetCheckpointEntry {
  readonly topic: string;
  readonly partition: number;
  /** Undefined where the partition's directory does not tell it, or an older file is read. */
  readonly topicId: string | undefined;
  readonly offset: number;
}

/** Kafka's checkpoint format and a topic id: version, number of lines, then `topic partition offset topicId` per line. */
export function encodeOffsetCheckpoint(entries: readonly OffsetCheckpointEntry[]): Buffer {
  const lines = entries.map((e) => `${e.topic} ${e.partition} ${e.offset} ${e.topicId ?? NO_ID}`);
  return Buffer.from([VERSION, String(lines.length), ...lines, ""].join("\n"));
}

/** Entries by `topic-partition`, of this version and of Kafka's; undefined when the content is no whole checkpoint. */
export function decodeOffsetCheckpoint(content: Buffer): Map<string, OffsetCheckpointEntry> | undefined {
  const lines = content.toString("utf8").split("\n");
  const [version] = lines;
  if ((version !== VERSION && version !== VERSION_WITHOUT_IDS) || lines.at(-1) !== "" || Number(lines[1]) !== lines.length - 3)
    return undefined;
  const entries = new Map<string, OffsetCheckpointEntry>();
  for (const line of lines.slice(2, -1)) {
    const match = /^(\S+) (\d+) (\d+)(?: (\S+))?$/.exec(line);
    if (match === null || (match[4] === undefined) !== (version === VERSION_WITHOUT_IDS)) return undefined;
    const topicId = match[4] === NO_ID ? undefined : match[4];
    entries.set(`${match[1]}-${match[2]}`, { topic: match[1]!, partition: Number(match[2]), topicId, offset: Number(match[3]) });
  }
  return entries;
}
