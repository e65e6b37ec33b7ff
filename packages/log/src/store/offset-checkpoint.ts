const VERSION = "0";

export const RECOVERY_POINT_FILE = "recovery-point-offset-checkpoint";
export const LOG_START_FILE = "log-start-offset-checkpoint";

/** One offset of one partition. */
export interface OffsetCheckpointEntry {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Kafka's checkpoint format: version, number of lines, then `topic partition offset` per line. */
export function encodeOffsetCheckpoint(entries: readonly OffsetCheckpointEntry[]): Buffer {
  return Buffer.from([VERSION, String(entries.length), ...entries.map((e) => `${e.topic} ${e.partition} ${e.offset}`), ""].join("\n"));
}

/** Offsets by `topic-partition`; undefined when the content is no whole checkpoint. */
export function decodeOffsetCheckpoint(content: Buffer): Map<string, number> | undefined {
  const lines = content.toString("utf8").split("\n");
  if (lines[0] !== VERSION || lines.at(-1) !== "" || Number(lines[1]) !== lines.length - 3) return undefined;
  const offsets = new Map<string, number>();
  for (const line of lines.slice(2, -1)) {
    const match = /^(\S+) (\d+) (\d+)$/.exec(line);
    if (match === null) return undefined;
    offsets.set(`${match[1]}-${match[2]}`, Number(match[3]));
  }
  return offsets;
}
