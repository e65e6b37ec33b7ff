import { OttlaError } from "@ottla/base";
import { storyOf } from "@ottla/expert/dead-letters";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { readChangelogPosition } from "../messages/changelog-position.ts";
import { decodeBytes } from "../messages/decode-bytes.ts";
import { visitorOf } from "../access/visitor.ts";
import { LIMIT_MAX, type MessageQuery, SCAN_MAX, SCAN_PER_S, type StartPlace } from "../messages/message-query.ts";
import { produceMessage } from "../messages/produce-message.ts";
import { readMessages } from "../messages/read-messages.ts";
import type { DecodedRecord } from "../messages/record-filter.ts";
import { refusalOf } from "./answers.ts";
import type { ConsoleContext } from "./console-context.ts";

const offset = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const queryShape = z.object({
  from: z.enum(["earliest", "keys", "newest", "tail", "offset", "time"]).default("newest"),
  offset: offset.optional(),
  timestampMs: offset.optional(),
  partitions: z
    .string()
    .regex(/^\d{1,9}(,\d{1,9}){0,999}$/, "write numbers with commas between")
    .optional(),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(50),
  scanMax: z.coerce.number().int().min(1).max(SCAN_MAX).default(1_000_000),
  scanPerS: z.coerce.number().int().min(SCAN_PER_S.least).max(SCAN_PER_S.most).default(SCAN_PER_S.usual),
  key: z.string().max(10_000).optional(),
  filter: z.string().max(4_096).optional(),
  isolation: z.enum(["read_committed", "read_uncommitted"]).default("read_uncommitted"),
});

const piece = z.object({ text: z.string().max(10_000_000).nullable(), encoding: z.enum(["text", "base64"]).default("text") });
const produceShape = z.strictObject({
  partition: z.int().min(0).optional(),
  key: piece,
  value: piece,
  headers: z
    .array(z.strictObject({ key: z.string().max(1_000), value: z.string().max(100_000).nullable() }))
    .max(100)
    .default([]),
});

/** What a page wrote into a file: records that it had been shown. */
const exportShape = z.strictObject({ format: z.enum(["csv", "jsonl"]), records: z.int().min(0).max(1_000_000) });
/** So many readings go on at once: each has connections of its own. */
const READINGS_MAX = 8;

/** Records of a topic, as they are read; one that is written; and the note that some went into a file. */
export function messageRoutes({ client, clock, schemas, watch, desk, audit, masking }: ConsoleContext) {
  let readings = 0;
  return new Hono()
    .get("/topics/:topic/messages", (c) => {
      const query = messageQueryOf(c.req.param("topic"), c.req.query());
      if (readings >= READINGS_MAX)
        return c.json({ code: "TOO_MANY_READINGS", message: `${READINGS_MAX} pages read messages already; close one of them.` }, 409);
      readings++;
      return streamSSE(c, async (stream) => {
        const ending = new AbortController();
        stream.onAbort(() => ending.abort());
        // Who is logged out sees nothing more.
        const signal = AbortSignal.any([ending.signal, visitorOf(c).signal]);
        let shown = 0;
        let error: string | undefined;
        try {
          for await (const event of readMessages(
            { client, clock, schemas, masker: () => masking.maskerFor(visitorOf(c)) },
            query,
            signal,
          )) {
            watch.touch();
            if (event.kind === "records") shown += event.records.length;
            const data = event.kind === "records" ? { records: event.records.map(recordView) } : event;
            await stream.writeSSE({ event: event.kind, data: JSON.stringify(data) });
            if (stream.aborted) break;
          }
        } catch (thrown) {
          const isOver = visitorOf(c).signal.aborted;
          const refusal = refusalOf(isOver ? new OttlaError("LOGIN_NEEDED", "The login is over: log in again.") : thrown);
          if (!ending.signal.aborted) error = refusal.code;
          if (!ending.signal.aborted) await stream.writeSSE({ event: "failed", data: JSON.stringify(refusal) });
        } finally {
          readings--;
          const { topic: _topic, ...asked } = query;
          audit.end(c, { outcome: error === undefined ? "succeeded" : "failed", error, detail: { shown, ...asked } });
        }
      });
    })
    .post("/topics/:topic/messages", async (c) => {
      desk.requireWritable();
      const topic = c.req.param("topic");
      const message = produceShape.parse(await c.req.json());
      const place = await produceMessage(client, topic, message);
      desk.note(topic, `A record was written to ${topic}:${place.partition} at offset ${place.offset}.`, visitorOf(c));
      audit.note(c, { ...place });
      return c.json(place, 201);
    })
    .post("/topics/:topic/exports", async (c) => {
      audit.note(c, exportShape.parse(await c.req.json()));
      return c.json({}, 201);
    });
}

function messageQueryOf(topic: string, given: Readonly<Record<string, string>>): MessageQuery {
  const { from, offset: at, timestampMs, partitions, key, filter, ...rest } = queryShape.parse(given);
  return {
    topic,
    ...rest,
    partitions: partitions === undefined ? [] : partitions.split(",").map(Number),
    key: key === "" ? undefined : key,
    filter: filter?.trim() === "" ? undefined : filter,
    from: placeOf(from, at, timestampMs),
  };
}

function placeOf(kind: StartPlace["kind"], at: number | undefined, timestampMs: number | undefined): StartPlace {
  if (kind === "offset") return { kind, offset: at ?? 0 };
  if (kind === "time") return { kind, timestampMs: timestampMs ?? 0 };
  return { kind };
}

function recordView({ record, key, value }: DecodedRecord) {
  const { partition, offset: at, timestamp, headers } = record;
  const story = storyOf(record);
  return {
    partition,
    offset: at,
    timestampMs: timestamp,
    key,
    value,
    /** Of a dead letter: why it is one. */
    ...(story !== undefined && { story }),
    headers: headers.map((header) => headerView(header.key, header.value)),
  };
}

/** A header's bytes are judged as a key's are; what Kafka Streams writes into those of a changelog is read. */
function headerView(key: string, bytes: Buffer | null) {
  if (bytes === null) return { key, value: null, why: null };
  const position = readChangelogPosition(key, bytes);
  if (position !== undefined) return { key, value: JSON.stringify(position), why: "the position that Kafka Streams keeps in a changelog" };
  const { text, why } = decodeBytes(bytes);
  return { key, value: text, why };
}
