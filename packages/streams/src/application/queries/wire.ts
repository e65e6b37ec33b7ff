import { StoreQueryError, type StoreQueryErrorCode } from "./store-query-error.ts";
import type { PartitionAsk, PartitionPage, Position, RowPlace, StoredRow, StoreQuery } from "./store-query.ts";

/** Path under which instances ask each other. What comes by it is answered from what is here and goes no further, so that no question goes round. */
export const READ_PATH = "/v1/read";
/** Which application is meant: a port may belong to another one by now. */
export const APPLICATION_HEADER = "x-ottla-application";

const ROWS_MAX = 10_000;
/** No name of a topic begins so, and no field here. */
const BYTES = "$bytes";

/** Bytes as base64 among JSON. */
export function toWire(value: PartitionAsk | PartitionPage): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, name, plain: unknown) {
    // Buffers have turned themselves into something else by now.
    const given = this[name];
    return given instanceof Uint8Array
      ? { [BYTES]: Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString("base64") }
      : plain;
  });
}

/** Where bytes may stand: a look at every value of a large text would take longer than reading it. */
function bytesFrom(value: unknown): Uint8Array | undefined {
  const bytes = (value as Readonly<Record<string, unknown>> | null | undefined)?.[BYTES];
  return typeof bytes === "string" ? Buffer.from(bytes, "base64") : undefined;
}

/** Throws `STREAMS_BAD_ARGUMENT` for what is no question. */
export function askFrom(text: string): PartitionAsk {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad("it is no JSON");
  }
  const { store, partition, query, after, rowsMax, isStaleFine, bound } = fields(value, "it");
  if (typeof store !== "string") throw bad("store is no text");
  if (!Number.isSafeInteger(partition)) throw bad("partition is no number");
  if (!Number.isSafeInteger(rowsMax) || (rowsMax as number) < 1 || (rowsMax as number) > ROWS_MAX) throw bad("rowsMax is none");
  return {
    store,
    partition: partition as number,
    query: queryFrom(query),
    after: after === null ? null : placeFrom(after),
    rowsMax: rowsMax as number,
    isStaleFine: isStaleFine === true,
    bound: bound === null || bound === undefined ? null : positionFrom(bound),
  };
}

/** An answer of another instance of the same application; throws `STREAMS_QUERY_REMOTE` for what is none. */
export function pageFrom(text: string): PartitionPage {
  try {
    const { rows, next, position, role, lag } = fields(JSON.parse(text), "it");
    if (!Array.isArray(rows)) throw bad("rows are no list");
    return {
      rows: rows.map((row): StoredRow => {
        const { value: given, timestamp } = fields(row, "a row");
        const value = bytesFrom(given);
        if (value === undefined || typeof timestamp !== "number") throw bad("a row is none");
        return { ...placeFrom(row), value, timestamp };
      }),
      next: next === null ? null : placeFrom(next),
      position: positionFrom(position),
      role: role === "standby" || role === "global" ? role : "active",
      lag: typeof lag === "number" ? lag : null,
    };
  } catch (cause) {
    throw new StoreQueryError("STREAMS_QUERY_REMOTE", "Another instance answered what is no answer to a question.", {}, cause);
  }
}

const bytesOf: Readonly<Record<StoreQuery["kind"], readonly string[]>> = {
  key: ["key"],
  range: [],
  prefix: ["prefix"],
  window: ["key"],
  windows: ["key"],
  allWindows: [],
  session: ["key"],
  sessions: ["key"],
  allSessions: [],
  version: ["key"],
  versions: ["key"],
};
const timesOf: Readonly<Record<StoreQuery["kind"], readonly string[]>> = {
  key: [],
  range: [],
  prefix: [],
  window: ["startMs"],
  windows: ["fromMs", "toMs"],
  allWindows: ["fromMs", "toMs"],
  session: ["startMs", "endMs"],
  sessions: ["earliestEndMs", "latestStartMs"],
  allSessions: ["fromEndMs", "toEndMs"],
  version: [],
  versions: ["fromMs", "toMs"],
};

function queryFrom(value: unknown): StoreQuery {
  const given = fields(value, "query");
  const { kind } = given;
  if (typeof kind !== "string" || !Object.hasOwn(bytesOf, kind)) throw bad("its kind is unknown");
  const known = kind as StoreQuery["kind"];
  const optional = known === "range" ? ["from", "to"] : [];
  const query: Record<string, unknown> = { ...given };
  for (const name of [...bytesOf[known], ...optional]) {
    query[name] = given[name] === null && optional.includes(name) ? null : bytesFrom(given[name]);
    if (query[name] === undefined) throw bad(`${name} is no bytes`);
  }
  for (const name of timesOf[known]) if (!Number.isSafeInteger(query[name])) throw bad(`${name} is no time`);
  const { asOfMs } = query;
  if (known === "version" && asOfMs !== null && !Number.isSafeInteger(asOfMs)) throw bad("asOfMs is no time");
  const names = ["kind", ...bytesOf[known], ...optional, ...timesOf[known], ...(known === "version" ? ["asOfMs"] : [])];
  return { ...Object.fromEntries(names.map((name) => [name, query[name]])), isReverse: query["isReverse"] === true } as StoreQuery;
}

function placeFrom(value: unknown): RowPlace {
  const { key: given, startMs, endMs } = fields(value, "a place");
  const key = bytesFrom(given);
  if (key === undefined || !Number.isSafeInteger(startMs) || !Number.isSafeInteger(endMs)) throw bad("a place is none");
  return { key, startMs: startMs as number, endMs: endMs as number };
}

/** Throws `STREAMS_BAD_ARGUMENT`. */
export function positionFrom(value: unknown): Position {
  const topics = fields(value, "a position");
  for (const partitions of Object.values(topics))
    for (const offset of Object.values(fields(partitions, "a position")))
      if (!Number.isSafeInteger(offset)) throw bad("a position is none");
  return topics as Position;
}

function fields(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(`${what} is no object`);
  return value as Readonly<Record<string, unknown>>;
}

function bad(why: string): StoreQueryError {
  return new StoreQueryError("STREAMS_BAD_ARGUMENT", `This is no question to a store: ${why}.`);
}

const codes: ReadonlySet<string> = new Set<StoreQueryErrorCode>([
  "STREAMS_UNKNOWN_STORE",
  "STREAMS_STORE_KIND",
  "STREAMS_STORE_UNAVAILABLE",
  "STREAMS_STORE_RESTORING",
  "STREAMS_STORE_MOVED",
  "STREAMS_QUERY_BEHIND",
  "STREAMS_BAD_ARGUMENT",
]);

/** The error that another instance told; undefined when it told none. */
export function errorFrom(text: string): StoreQueryError | undefined {
  try {
    const { error } = fields(JSON.parse(text), "it");
    const { code, message, ...details } = fields(error, "it");
    return typeof code === "string" && codes.has(code)
      ? new StoreQueryError(code as StoreQueryErrorCode, String(message), details)
      : undefined;
  } catch {
    return undefined;
  }
}
