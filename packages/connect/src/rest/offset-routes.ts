import { type Clock, mapInSlices, TimeSlice } from "@ottla/base";
import { Hono } from "hono";
import type { SourcePlace } from "../data/connect-record.ts";
import { isPlace, parsePlaceJson, placeText } from "../storage/place-json.ts";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import type { GivenOffset } from "../worker/plugin-work.ts";
import { RequestError } from "../worker/request-error.ts";
import { sinkGroup } from "../worker/sink-task.ts";
import { answerJson, answerMany } from "./answers.ts";

/** Offsets of connectors: read, altered, reset (KIP-875). */
export function offsetRoutes(worker: ConnectWorker, clock: Clock): Hono {
  const app = new Hono();
  app.get("/connectors/:name/offsets", async (context) => {
    const name = context.req.param("name");
    const { kind } = connectorOf(worker, name);
    const offsets = kind === "source" ? await worker.offsets.list(name) : await sinkOffsets(worker, name);
    return answerMany(context, clock, textsOf(offsets), ['{"offsets":[', "]}"]);
  });
  app.patch("/connectors/:name/offsets", async (context) => {
    const name = context.req.param("name");
    const { kind } = connectorOf(worker, name);
    const offsets = await offsetsIn(await context.req.text(), clock);
    requireStopped(worker, name);
    if (kind === "sink") await alterSinkOffsets(worker, name, offsets);
    else {
      await checkedBySource(worker, name, offsets);
      await putOffsets(worker, name, offsets, clock);
    }
    requireStopped(worker, name);
    return answerJson(context, { message: "The offsets for this connector have been altered successfully" });
  });
  app.delete("/connectors/:name/offsets", async (context) => {
    const name = context.req.param("name");
    const { kind } = connectorOf(worker, name);
    requireStopped(worker, name);
    if (kind === "sink") await resetSink(worker, name);
    else {
      const known = await worker.offsets.list(name);
      await putOffsets(
        worker,
        name,
        known.map(({ partition }) => ({ partition, offset: null })),
        clock,
      );
    }
    requireStopped(worker, name);
    return answerJson(context, { message: "The offsets for this connector have been reset successfully" });
  });
  return app;
}

function connectorOf(worker: ConnectWorker, name: string): { readonly kind: "source" | "sink" } {
  const { properties } = worker.wanted(name);
  return worker.catalogue.find(["source", "sink"], properties["connector.class"] ?? "");
}

/** What runs would write its own over it. */
function requireStopped(worker: ConnectWorker, name: string): void {
  const { target, tasks } = worker.wanted(name);
  const running = [...worker.statuses.tasks(name).values()].some(({ state }) => state === "RUNNING" || state === "PAUSED");
  if (target === "STOPPED" && tasks.length === 0 && !running) return;
  throw new RequestError(
    400,
    `Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified connector by issuing a 'PUT' request to the '/connectors/${name}/stop' endpoint`,
  );
}

/** So many are written before others have their turn. */
const PUT_OFFSETS = 200;

/** What is left of the connector's tasks somewhere writes nothing over it; nor does one that was resumed while somebody was asked. */
async function putOffsets(worker: ConnectWorker, name: string, offsets: readonly GivenOffset[], clock: Clock): Promise<void> {
  await worker.fenceAll(name);
  requireStopped(worker, name);
  const slice = new TimeSlice(clock);
  for (let at = 0; at < offsets.length; at += PUT_OFFSETS) {
    await worker.offsets.put(name, offsets.slice(at, at + PUT_OFFSETS));
    if (slice.isOver) await slice.rest();
  }
}

function* textsOf(offsets: Iterable<object>): Generator<string> {
  for (const offset of offsets) yield placeText(offset as SourcePlace);
}

async function offsetsIn(text: string, clock: Clock): Promise<GivenOffset[]> {
  let body: unknown;
  try {
    body = parsePlaceJson(text);
  } catch (cause) {
    throw new RequestError(400, `The body is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
  const given = typeof body === "object" && body !== null ? (body as { readonly offsets?: unknown }).offsets : undefined;
  if (!Array.isArray(given) || given.length === 0)
    throw new RequestError(400, "Partitions / offsets need to be provided for an alter offsets request");
  return mapInSlices(new TimeSlice(clock), given, givenOffset);
}

function givenOffset(each: unknown): GivenOffset {
  const { partition, offset } = (each ?? {}) as { readonly partition?: unknown; readonly offset?: unknown };
  if (!isPlace(partition) || (offset !== null && !isPlace(offset)))
    throw new RequestError(
      400,
      'Each of offsets is {"partition": {…}, "offset": {…}}, or has null as offset to forget the partition; what is in them is nested at most 20 deep.',
    );
  return { partition, offset };
}

async function checkedBySource(worker: ConnectWorker, name: string, offsets: readonly GivenOffset[]): Promise<void> {
  try {
    await worker.checkOffsets(name, offsets);
  } catch (cause) {
    throw new RequestError(400, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function sinkOffsets(worker: ConnectWorker, name: string): Promise<object[]> {
  const committed = await worker.client.admin().listGroupOffsets(groupOf(worker, name));
  return committed.flatMap(({ topic, partition, value }) =>
    value === undefined ? [] : [{ partition: { kafka_partition: partition, kafka_topic: topic }, offset: { kafka_offset: value.offset } }],
  );
}

function groupOf(worker: ConnectWorker, name: string): string {
  return sinkGroup(name, worker.wanted(name).properties);
}

async function alterSinkOffsets(worker: ConnectWorker, name: string, offsets: readonly GivenOffset[]): Promise<void> {
  const places = offsets.map(({ partition, offset }) => {
    const topic = partition["kafka_topic"];
    const number = wholeNumber(partition["kafka_partition"]);
    const to = offset === null ? null : wholeNumber(offset["kafka_offset"]);
    if (typeof topic !== "string" || number === undefined || to === undefined)
      throw new RequestError(
        400,
        'A sink\'s offsets are {"partition": {"kafka_topic": "…", "kafka_partition": N}, "offset": {"kafka_offset": N}}, with numbers that are not below 0.',
      );
    return { topic, partition: number, to };
  });
  const admin = worker.client.admin();
  const group = groupOf(worker, name);
  const set = places.flatMap(({ topic, partition, to }) => (to === null ? [] : [{ topic, partition, offset: to }]));
  const forgotten = places.flatMap(({ topic, partition, to }) => (to === null ? [{ topic, partition }] : []));
  const outcomes = [
    ...(set.length > 0 ? await admin.alterGroupOffsets(group, set) : []),
    ...(forgotten.length > 0 ? await admin.deleteGroupOffsets(group, forgotten) : []),
  ];
  const refused = outcomes.find(({ error }) => error !== undefined);
  if (refused?.error !== undefined)
    throw new RequestError(500, `The offsets of the group "${group}" could not be altered: ${refused.error.message}`, {
      cause: refused.error,
    });
}

async function resetSink(worker: ConnectWorker, name: string): Promise<void> {
  const [outcome] = await worker.client.admin().deleteGroups([groupOf(worker, name)]);
  if (outcome?.error === undefined || outcome.error.code === "GROUP_ID_NOT_FOUND") return;
  throw new RequestError(500, `The connector's group could not be deleted: ${outcome.error.message}`, { cause: outcome.error });
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
