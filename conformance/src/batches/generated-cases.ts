import type { Random } from "@ottla/base";
import type { BatchCase } from "./batch-case.ts";
import { CODEC_IDS, type Packing, packings } from "./packings.ts";
import { type RawHeader, type RawRecord, rawBatch, rawRecords } from "./raw-batch.ts";
import { type TargetTopic, targetTopics } from "./target-topics.ts";

const TOPICS = Object.keys(targetTopics) as TargetTopic[];
const HOUR_MS = 3_600_000;
const PLAIN: Packing = { codec: "none", name: "plain", pack: (records) => records };

/** `count` batches, about half of them with one thing wrong or odd, from a seeded source of chance. */
export function generatedCases(count: number, random: Random, nowMs: number): BatchCase[] {
  const cases: BatchCase[] = [];
  const below = (limit: number): number => random.nextInt(limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const chance = (share: number): boolean => random.nextInt(1000) < share * 1000;
  const bytes = (most: number): Buffer => Buffer.from(Array.from({ length: below(most) }, () => (chance(0.5) ? below(256) : 65)));
  // Java packs keys anew that are no UTF-8 by its own lights.
  const headerKey = (): Buffer => Buffer.from("ž".repeat(below(4)));
  const record = (): RawRecord => ({
    timestampDelta: BigInt(chance(0.9) ? below(1000) : (below(6) - 4) * HOUR_MS),
    key: chance(0.85) ? bytes(20) : null,
    value: chance(0.9) ? bytes(chance(0.1) ? 3000 : 60) : null,
    headers: chance(0.8) ? [] : Array.from({ length: below(4) }, () => [headerKey(), chance(0.8) ? bytes(20) : null] as const),
    ...(chance(0.02) && { attributes: below(256) }),
    ...(chance(0.01) && { keyLength: below(12) - 4 }),
    ...(chance(0.01) && { valueLength: below(40) - 4 }),
    ...(chance(0.01) && { headerCount: below(4) - 1 }),
    ...(chance(0.01) && { lengthOff: below(5) - 2 }),
    ...(chance(0.01) && { tail: bytes(5) }),
    ...(chance(0.01) && { offsetDelta: below(5) - 1 }),
  });
  const headerOddities: readonly (() => RawHeader)[] = [
    () => ({ maxTimestamp: BigInt(pick([-1, 0, nowMs, nowMs + 5, nowMs - HOUR_MS, nowMs + 99 * HOUR_MS])) }),
    () => ({ recordCount: below(8) - 1 }),
    () => ({ lastOffsetDelta: below(8) - 2 }),
    () => ({ baseOffset: BigInt(below(4) - 1) }),
    () => ({ partitionLeaderEpoch: below(9) - 2 }),
    () => ({ attributes: 8 | below(256) }),
    () => ({ crcOff: below(3) }),
    () => ({ magic: below(5) - 1 }),
    () => ({ lengthOff: below(9) - 4 }),
    () => ({ baseSequence: below(5) - 2, producerId: BigInt(100_000 + below(1e9)), producerEpoch: below(3) - 1 }),
  ];
  for (let i = 0; i < count; i++) {
    const topic = pick(TOPICS);
    const packing = chance(0.4) ? PLAIN : pick(packings);
    const records = Array.from({ length: 1 + below(chance(0.1) ? 200 : 6) }, record);
    // Every batch has times of its own, so that a look-up by time finds the right one.
    const at = nowMs - 1_000_000 + i * 1000;
    const header = chance(0.35) ? pick(headerOddities)() : {};
    const attributes = (header.attributes ?? 0) & ~7 ? (header.attributes! & ~7) | CODEC_IDS[packing.codec] : CODEC_IDS[packing.codec];
    let payload = packing.pack(rawRecords(records));
    if (chance(0.1) && payload.length > 0) {
      payload = Buffer.from(payload);
      payload[below(payload.length)]! ^= 1 << below(8);
    }
    const batch = rawBatch(payload, records.length, at, { ...header, attributes });
    const sent = chance(0.03) ? Buffer.concat([batch, bytes(100)]) : batch;
    cases.push({ name: `generated ${i}: ${packing.codec} ${packing.name} to ${topic}`, topic, records: sent });
  }
  return cases;
}
