import { OttlaError } from "@ottla/base";
import { storyOf } from "@ottla/expert/dead-letters";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { readChangelogPosition } from "../messages/changelog-position.ts";
import { decodeBytes } from "../messages/decode-bytes.ts";
import { visitorOf } from "../access/visitor.ts";
import { LIMIT_MAX, type MessageQuery, SCAN_MAX, SCAN_PER_S, type StartPlace } from "../messages/message-query.ts";
import { givenHeader, givenPiece } from "../messages/given-bytes.ts";
import { produceMessage } from "../messages/produce-message.ts";
import { FairPlaces } from "../messages/fair-places.ts";
import { readMessages } from "../messages/read-messages.ts";
import { readWholeRecord } from "../messages/whole-record.ts";
import type { DecodedRecord } from "../messages/record-filter.ts";
import { refusalOf } from "./answers.ts";
import { told } from "./live-stream.ts";
import { sentInPieces } from "./sent-in-pieces.ts";
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

const produceShape = z.strictObject({
  partition: z.int().min(0).optional(),
  key: givenPiece,
  value: givenPiece,
  headers: z.array(givenHeader).max(1_000).default([]),
});

const recordShape = z.object({ partition: z.coerce.number().int().min(0).max(0x7fffffff), offset });
/** What a page wrote into a file: records that it had been shown. */
const exportShape = z.strictObject({ format: z.enum(["csv", "jsonl"]), records: z.int().min(0).max(1_000_000) });
/** So many readings go on at once: each has connections of its own. */
const READINGS_MAX = 24;
/** A record may have a hundred thousand headers, and one of many MiB: the first are shown, each from its beginning. */
const RECORD_WITHIN_MS = 15_000;
/** Whole records: each may have tens of MiB. */
const RECORDS_AT_ONCE = { places: 4, placesOfOne: 2, waiting: 64, waitingOfOne: 16, withinMs: 15_000 } as const;
const HEADERS_SHOWN_MAX = 100;
const HEADER_CHARS_MAX = 2_000;
const STORY_CHARS_MAX = 20_000;

/** Records of a topic, as they are read; one with all of its bytes; one that is written; and the note that some went into a file. */
export function messageRoutes({ client, clock, schemas, watch, desk, audit, masking }: ConsoleContext) {
  let readings = 0;
  const records = new FairPlaces(clock, RECORDS_AT_ONCE);
  return new Hono()
    .get("/topics/:topic/messages", (c) => {
      const query = messageQueryOf(c.req.param("topic"), c.req.query());
      // Nobody would take what is read.
      if (c.req.method === "HEAD") return c.body(null);
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
            if (!(await told(c, stream, clock, { event: event.kind, data: JSON.stringify(data) }))) break;
          }
        } catch (thrown) {
          const isOver = visitorOf(c).signal.aborted;
          const refusal = refusalOf(isOver ? new OttlaError("LOGIN_NEEDED", "The login is over: log in again.") : thrown);
          if (!ending.signal.aborted) error = refusal.code;
          if (!ending.signal.aborted) await told(c, stream, clock, { event: "failed", data: JSON.stringify(refusal) });
        } finally {
          readings--;
          const { topic: _topic, ...asked } = query;
          audit.end(c, { outcome: error === undefined ? "succeeded" : "failed", error, detail: { shown, ...asked } });
        }
      });
    })
    .get("/topics/:topic/record", async (c) => {
      watch.touch();
      const { partition, offset: at } = recordShape.parse(c.req.query());
      const world = { client, clock, schemas: undefined, masker: () => masking.maskerFor(visitorOf(c)) };
      const { name, host, signal: login } = visitorOf(c);
      const signal = AbortSignal.any([c.req.raw.signal, login]);
      const leave = await records.take(`${name ?? ""}@${host}`, signal);
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(RECORD_WITHIN_MS)]);
        const pieces = await readWholeRecord(world, { topic: c.req.param("topic"), partition, offset: at }, within);
        return sentInPieces(c, clock, pieces, leave);
      } catch (error) {
        leave();
        throw error;
      }
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
  const found = storyOf(record);
  const story = found && {
    ...found,
    errorMessage: found.errorMessage.slice(0, STORY_CHARS_MAX),
    ...(found.errorStack !== undefined && { errorStack: found.errorStack.slice(0, STORY_CHARS_MAX) }),
  };
  return {
    partition,
    offset: at,
    timestampMs: timestamp,
    key,
    value,
    /** Of a dead letter: why it is one. */
    ...(story !== undefined && { story }),
    headers: headers.slice(0, HEADERS_SHOWN_MAX).map((header) => headerView(header.key, header.value)),
    headerCount: headers.length,
  };
}

const EXACT_FORMATS: ReadonlySet<string> = new Set(["json", "text", "empty"]);

/** A header's bytes are judged as a key's are; what Kafka Streams writes into those of a changelog is read. */
function headerView(key: string, bytes: Buffer | null) {
  if (bytes === null) return { key, value: null, why: null, isExact: true };
  const position = readChangelogPosition(key, bytes);
  if (position !== undefined)
    return { key, value: JSON.stringify(position), why: "the position that Kafka Streams keeps in a changelog", isExact: false };
  const { format, text, why, sizeBytes } = decodeBytes(bytes);
  const isCut = text.length > HEADER_CHARS_MAX;
  return {
    key,
    value: text.slice(0, HEADER_CHARS_MAX),
    why: isCut ? `${why}; cut, of ${sizeBytes} bytes` : why,
    /** Whether the text is the bytes. */
    isExact: !isCut && EXACT_FORMATS.has(format),
  };
}
