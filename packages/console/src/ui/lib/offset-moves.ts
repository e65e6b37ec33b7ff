/** A partition as a group reads it. What nobody told is undefined. */
export interface GroupPlace {
  readonly topic: string;
  readonly partition: number;
  readonly committed?: number | undefined;
  readonly logStartOffset?: number | undefined;
  readonly highWatermark?: number | undefined;
}

/** Where a group is to go on. */
export type OffsetTarget =
  | { readonly to: "earliest" | "latest" }
  | { readonly to: "shift"; readonly by: number }
  | { readonly to: "offset"; readonly offset: number };

/** Where the group goes on in a partition, within what the log has. Undefined: what that depends on is not known (a leader that is away), and the partition stays where it is. */
export function offsetAfter({ committed, logStartOffset, highWatermark }: GroupPlace, target: OffsetTarget): number | undefined {
  const within = (offset: number): number | undefined =>
    logStartOffset === undefined || highWatermark === undefined || !Number.isSafeInteger(offset)
      ? undefined
      : Math.min(Math.max(offset, logStartOffset), highWatermark);
  switch (target.to) {
    case "earliest":
      return logStartOffset;
    case "latest":
      return highWatermark;
    case "shift":
      return committed === undefined ? undefined : within(committed + target.by);
    case "offset":
      return within(target.offset);
  }
}
