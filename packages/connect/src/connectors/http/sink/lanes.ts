import type { SinkRecord } from "../../../data/connect-record.ts";
import { printableJson } from "@ottla/base";
import type { RecordRequest } from "./request-of-record.ts";

/** Divides requests so that those of one key are in one lane, in their order; records without a key go by their partition. */
export function lanesOf(requests: readonly RecordRequest[], count: number): readonly (readonly RecordRequest[])[] {
  if (count === 1 || requests.length < 2) return requests.length === 0 ? [] : [requests];
  const lanes = Array.from({ length: count }, (): RecordRequest[] => []);
  for (const request of requests) lanes[hashOf(keyText(request.record)) % count]!.push(request);
  return lanes.filter((lane) => lane.length > 0);
}

function keyText({ key, originalTopic, originalPartition }: SinkRecord): string {
  if (typeof key === "string") return key;
  if (key === null || key === undefined) return `${originalTopic} ${originalPartition}`;
  return key instanceof Uint8Array ? Buffer.from(key).toString("hex") : printableJson(key);
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
