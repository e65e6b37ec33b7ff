import { OttlaError } from "@ottla/base";
import type { Admin, Consumer, TopicPartition } from "@ottla/client";
import { replayGroup } from "./replay-group.ts";

const RETENTION = "offsets.retention.minutes";
const RETENTION_DEFAULT_MINUTES = 10_080;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** A dead-letter topic whose replay is about to begin. */
export interface ReplayStart {
  readonly topic: string;
  readonly partitions: readonly TopicPartition[];
  /** Where each goes on; undefined: no position is kept. */
  readonly replayed: readonly (number | undefined)[];
  readonly starts: readonly { readonly offset: number }[];
  readonly ends: readonly { readonly offset: number }[];
}

/**
 * The cluster forgets the offset of a group without members after a while, seven days mostly. Where there is none, and there are letters from before that, they may have been sent: it is not guessed.
 * Errors: `POSITION_FORGOTTEN`.
 */
export async function refuseForgotten(
  admin: Admin,
  consumer: Consumer,
  { topic, partitions, replayed, starts, ends }: ReplayStart,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  const places = partitions.map(({ partition }, i) => ({ partition, start: starts[i]!.offset, end: ends[i]!.offset, kept: replayed[i] }));
  const unknown = places.filter(({ kept, start, end }) => kept === undefined && start < end);
  if (unknown.length === 0) return;
  const minutes = await retentionMinutes(admin, signal);
  const timestamp = nowMs - minutes * MINUTE_MS;
  const found = await consumer.offsetsForTimes(
    unknown.map(({ partition }) => ({ topic, partition, timestamp })),
    { signal },
  );
  const old = unknown.find(({ start, end }, i) => (found[i]?.offset ?? end) > start);
  if (old === undefined) return;
  const kept = minutes % DAY_MINUTES === 0 ? `${minutes / DAY_MINUTES} days` : `${minutes} minutes`;
  throw new OttlaError(
    "POSITION_FORGOTTEN",
    `${topic}-${old.partition} has letters that are older than ${kept} (${RETENTION}), after which the cluster forgets how far they were sent: they may have been sent before. ` +
      `To send them, again perhaps, run "ottla dlq replay ${topic} --from-beginning" once; to leave them out, set ${replayGroup(topic)} by "ottla offsets reset".`,
  );
}

/** As a broker is configured; the default where it does not tell. */
async function retentionMinutes(admin: Admin, signal: AbortSignal): Promise<number> {
  const { nodes } = await admin.describeCluster({ signal });
  const [described] = await admin.describeConfigs([{ type: "broker", name: String(nodes[0]?.nodeId ?? "") }], { signal });
  const value = Number(described?.value?.find(({ name }) => name === RETENTION)?.value ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : RETENTION_DEFAULT_MINUTES;
}
