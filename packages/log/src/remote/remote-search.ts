import { TimeSlice, type Clock } from "@ottla/base";
import { batchViews, firstRecordSince, mayHoldRecordSince, partitionLeaderEpoch } from "@ottla/protocol/records";
import type { LogRefusal, TimestampedOffset } from "../partition/log-outcomes.ts";
import { remoteError } from "./remote-calls.ts";
import type { RemoteSegment } from "./remote-segments.ts";
import type { RemoteTier, TieredLog } from "./remote-tier.ts";

type Found = TimestampedOffset | undefined | LogRefusal;

const CHUNK_BYTES = 1024 * 1024;
/** How often a look-up under which segments leave the disk looks again. */
const LOOKS_MAX = 8;

/** The first record at or after `timestampMs` in the whole log: in the remote part, else as `searchLocal` says. Errors: `REMOTE_STORAGE`, `LOG_CORRUPT`. */
export async function findTimestampInTiers(
  clock: Clock,
  log: TieredLog,
  tier: RemoteTier,
  timestampMs: number,
  searchLocal: () => Promise<Found>,
): Promise<Found> {
  return lookAgain(log, async (border) => (await findRemotely(clock, log, tier, timestampMs, border)) ?? searchLocal());
}

/** The first record with the largest timestamp in the whole log. Errors: as {@link findTimestampInTiers}. */
export async function findMaxTimestampInTiers(
  clock: Clock,
  log: TieredLog,
  tier: RemoteTier,
  searchLocal: () => Promise<Found>,
): Promise<Found> {
  return lookAgain(log, async (border) => {
    const local = await searchLocal();
    if (log.logStartOffset >= border || (local !== undefined && "kind" in local)) return local;
    let latestMs = local?.timestampMs ?? 0;
    let isRemote = local === undefined;
    for (const { maxTimestampMs } of (await tier.list()).between(log.logStartOffset, border)) {
      if (maxTimestampMs < latestMs) continue;
      latestMs = maxTimestampMs;
      isRemote = true;
    }
    return (isRemote ? await findRemotely(clock, log, tier, latestMs, border) : undefined) ?? local;
  });
}

/** Once more where the border between the tiers moved meanwhile: what was looked for may have gone to the other side. */
async function lookAgain(log: TieredLog, look: (border: number) => Promise<Found>): Promise<Found> {
  for (let attempt = 0; ; attempt++) {
    const border = log.localLogStartOffset;
    const found = await look(border);
    if (log.localLogStartOffset === border || attempt === LOOKS_MAX) return found;
  }
}

async function findRemotely(
  clock: Clock,
  log: TieredLog,
  tier: RemoteTier,
  timestampMs: number,
  border: number,
): Promise<TimestampedOffset | undefined> {
  if (log.logStartOffset >= border) return undefined;
  const slice = new TimeSlice(clock);
  const deadlineMs = clock.monotonicMs() + tier.storage.calls.limits.remoteCallMaxMs;
  for (const segment of (await tier.list()).between(log.logStartOffset, border)) {
    if (segment.maxTimestampMs < timestampMs) continue;
    const found = await findInSegment(log, tier, segment, timestampMs, { slice, isOver: () => clock.monotonicMs() > deadlineMs });
    if (found !== undefined) return found;
  }
  return undefined;
}

async function findInSegment(
  log: TieredLog,
  tier: RemoteTier,
  segment: RemoteSegment,
  timestampMs: number,
  time: { readonly slice: TimeSlice; isOver(): boolean },
): Promise<TimestampedOffset | undefined> {
  const { store, calls } = tier.storage;
  const what = `the look-up by time in segment ${segment.id} of ${log.name}`;
  const near = await calls.run(what, calls.limits.remoteFetchMaxWaitMs, (signal) => store.offsetBefore(segment, timestampMs, signal));
  const start = near >= segment.baseOffset && near <= segment.endOffset ? near : segment.baseOffset;
  const minOffset = log.logStartOffset;
  const limits = { maxBytes: CHUNK_BYTES, maxOffset: segment.endOffset + 1, minOneBatch: true };
  for (let offset = Math.max(start, minOffset); offset <= segment.endOffset; ) {
    if (time.isOver()) throw remoteError(what, `it took longer than ${calls.limits.remoteCallMaxMs} ms`);
    const { records, nextOffset } = await tier.readSegment(segment, offset, limits);
    if (nextOffset <= offset) throw remoteError(what, `it gave nothing for offset ${offset}`);
    for (const batch of batchViews(records)) {
      if (!mayHoldRecordSince(batch, 0, timestampMs, minOffset)) continue;
      const record = await firstRecordSince(batch, 0, timestampMs, minOffset, time.slice);
      if (record !== null) return { offset: record.offset, timestampMs: record.timestamp, leaderEpoch: partitionLeaderEpoch(batch, 0) };
    }
    offset = nextOffset;
  }
  return undefined;
}
