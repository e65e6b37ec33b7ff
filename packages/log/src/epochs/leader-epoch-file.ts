import type { EpochStart } from "./leader-epochs.ts";

const VERSION = "0";

/** Kafka's `leader-epoch-checkpoint`: version, number of lines, then `epoch startOffset` per line. */
export function encodeLeaderEpochs(starts: readonly EpochStart[]): Buffer {
  return Buffer.from([VERSION, String(starts.length), ...starts.map((s) => `${s.epoch} ${s.startOffset}`), ""].join("\n"));
}

/** Undefined when the content is not a whole, ascending history. */
export function decodeLeaderEpochs(content: Buffer): EpochStart[] | undefined {
  const lines = content.toString("latin1").split("\n");
  if (lines[0] !== VERSION || lines.at(-1) !== "" || Number(lines[1]) !== lines.length - 3) return undefined;
  const starts: EpochStart[] = [];
  for (const line of lines.slice(2, -1)) {
    const match = /^(\d+) (\d+)$/.exec(line);
    if (match === null) return undefined;
    const start = { epoch: Number(match[1]), startOffset: Number(match[2]) };
    const last = starts.at(-1);
    if (last !== undefined && (start.epoch <= last.epoch || start.startOffset <= last.startOffset)) return undefined;
    starts.push(start);
  }
  return starts;
}
