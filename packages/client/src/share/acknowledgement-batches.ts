/** What stands on the wire for a record. `gap`: there is none at that offset. */
export const AcknowledgeCode = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 } as const;
export type AcknowledgeCode = (typeof AcknowledgeCode)[keyof typeof AcknowledgeCode];

/** One word for all offsets from the first to the last. */
export interface AcknowledgedRange {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly code: AcknowledgeCode;
}

/** As ShareFetch and ShareAcknowledge carry them: one code for all offsets, or one for each. */
export interface AcknowledgementBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly acknowledgeTypes: readonly number[];
  readonly unknownTaggedFields: undefined;
}

/** The head of a batch takes about as many bytes as so many codes. */
const OWN_BATCH_LENGTH = 18;

/**
 * The fewest bytes, nearly: neighbours of one code become one batch; neighbours of several codes share a batch, code by code, while their stretches are short. `ranges` may come in any order
 * and do not overlap; batches are ascending.
 */
export function acknowledgementBatches(ranges: readonly AcknowledgedRange[]): AcknowledgementBatch[] {
  const batches: { firstOffset: number; lastOffset: number; codes: number[]; isMixed: boolean }[] = [];
  for (const { firstOffset, lastOffset, code } of stretches(ranges)) {
    const length = lastOffset - firstOffset + 1;
    const last = batches.at(-1);
    const isShort = length < OWN_BATCH_LENGTH;
    const canJoin = last !== undefined && isShort && last.lastOffset + 1 === firstOffset;
    if (canJoin && (last.isMixed || last.lastOffset - last.firstOffset + 1 < OWN_BATCH_LENGTH)) {
      if (!last.isMixed) last.codes = Array.from({ length: last.lastOffset - last.firstOffset + 1 }, () => last.codes[0]!);
      last.isMixed = true;
      for (let i = 0; i < length; i++) last.codes.push(code);
      last.lastOffset = lastOffset;
    } else batches.push({ firstOffset, lastOffset, codes: [code], isMixed: false });
  }
  return batches.map(({ firstOffset, lastOffset, codes }) => ({
    firstOffset,
    lastOffset,
    acknowledgeTypes: codes,
    unknownTaggedFields: undefined,
  }));
}

/** Ascending, neighbours of one code joined. */
function stretches(ranges: readonly AcknowledgedRange[]): AcknowledgedRange[] {
  const joined: { firstOffset: number; lastOffset: number; code: AcknowledgeCode }[] = [];
  for (const range of ranges.toSorted((a, b) => a.firstOffset - b.firstOffset)) {
    const last = joined.at(-1);
    if (last !== undefined && last.code === range.code && last.lastOffset + 1 === range.firstOffset) last.lastOffset = range.lastOffset;
    else joined.push({ ...range });
  }
  return joined;
}
