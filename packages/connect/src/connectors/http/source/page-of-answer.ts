import { createHash } from "node:crypto";
import type { Clock } from "@ottla/base";
import { ConnectError } from "../../../connect-error.ts";
import { readJsonInSlices } from "../../../converters/json/read-json-in-slices.ts";
import type { SourcePlace } from "../../../data/connect-record.ts";
import type { HttpAnswer } from "../exchange/http-exchange.ts";
import type { HttpSourceSettings } from "./http-source-config.ts";
import { jsonPointer } from "./json-pointer.ts";

/** Where reading is: what is asked for next, and how many records of its answer were read. */
export interface HttpPosition {
  /** `${offset}`, or of LINK the whole URL. */
  readonly offset: string;
  readonly index: number;
  /** Of NONE: what the answer was that was read last, whole. */
  readonly seen?: string | undefined;
}

/** A record and where reading goes on behind it. */
interface PageRecord {
  readonly value: unknown;
  readonly behind: HttpPosition;
}

/** An answer's records that were not read yet. */
export interface HttpPage {
  readonly records: readonly PageRecord[];
  /** Behind all of them; undefined: as behind the last. */
  readonly end?: HttpPosition | undefined;
}

/** Reads answers as the settings say. Throws ConnectError CONNECT_CONFIG for settings that contradict each other. */
export function pageReader(
  settings: HttpSourceSettings,
  clock: Clock,
): (answer: HttpAnswer, position: HttpPosition, asked: URL) => Promise<HttpPage> {
  const mode = settings["http.offset.mode"];
  const data = jsonPointer("http.response.data.json.pointer", settings["http.response.data.json.pointer"]);
  const offsetAt = jsonPointer("http.offset.json.pointer", settings["http.offset.json.pointer"]);
  const nextAt = jsonPointer("http.next.page.json.pointer", settings["http.next.page.json.pointer"]);
  checkMode(settings);
  return async (answer, position, asked) => {
    const whole = await jsonOf(answer, clock);
    const found = data(whole);
    if (found === undefined && settings["http.response.data.json.pointer"] !== "")
      throw new ConnectError(
        "CONNECT_SOURCE",
        `The answer has nothing at ${settings["http.response.data.json.pointer"]}; see to http.response.data.json.pointer.`,
      );
    const all: readonly unknown[] = found === null || found === undefined ? [] : Array.isArray(found) ? (found as unknown[]) : [found];
    switch (mode) {
      case "SIMPLE_INCREMENTING": {
        const from = BigInt(position.offset);
        return { records: all.map((value, index) => ({ value, behind: { offset: String(from + BigInt(index + 1)), index: 0 } })) };
      }
      case "CHAINING":
        return {
          records: all.map((value) => ({ value, behind: { offset: scalar(offsetAt(value), "http.offset.json.pointer"), index: 0 } })),
        };
      case "NONE": {
        const seen = createHash("sha256").update(answer.body).digest("base64url");
        if (seen === position.seen && position.index === 0) return { records: [] };
        // Of an answer that changed within a stop nothing is known: it is read from its beginning.
        const done = seen === position.seen ? position.index : 0;
        const last = all.length - 1;
        const records = all.map((value, index) => ({ value, behind: { offset: "", index: index === last ? 0 : index + 1, seen } }));
        return { records: records.slice(done), end: { offset: "", index: 0, seen } };
      }
      case "CURSOR_PAGINATION":
      case "LINK": {
        const next = mode === "LINK" ? nextLink(answer, asked) : nextCursor(nextAt(whole));
        const records = all.map((value, index) => ({ value, behind: { offset: position.offset, index: index + 1 } })).slice(position.index);
        if (next === undefined || next === position.offset) return { records };
        const end = { offset: next, index: 0 };
        const last = records.at(-1);
        return { records: last === undefined ? [] : [...records.slice(0, -1), { ...last, behind: end }], end };
      }
    }
  };
}

function checkMode(settings: HttpSourceSettings): void {
  const mode = settings["http.offset.mode"];
  const need = (key: "http.offset.json.pointer" | "http.next.page.json.pointer"): void => {
    if (settings[key] === "") throw new ConnectError("CONNECT_CONFIG", `http.offset.mode=${mode} needs ${key}.`);
  };
  if (mode === "CHAINING") need("http.offset.json.pointer");
  if (mode === "CURSOR_PAGINATION") need("http.next.page.json.pointer");
  if (mode === "SIMPLE_INCREMENTING" && !/^-?\d{1,18}$/.test(settings["http.initial.offset"] || "0"))
    throw new ConnectError("CONNECT_CONFIG", "http.offset.mode=SIMPLE_INCREMENTING has a number as http.initial.offset.");
}

async function jsonOf({ body }: HttpAnswer, clock: Clock): Promise<unknown> {
  if (body.length === 0) return undefined;
  try {
    return await readJsonInSlices(body.toString(), clock);
  } catch (error) {
    throw new ConnectError("CONNECT_SOURCE", `The answer is no JSON; it begins with ${JSON.stringify(body.toString("utf8", 0, 60))}.`, {
      cause: error,
    });
  }
}

function scalar(value: unknown, setting: string): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return String(value);
  throw new ConnectError("CONNECT_SOURCE", `A record of the answer has no text or number at ${setting}; see to that setting.`);
}

function nextCursor(value: unknown): string | undefined {
  return value === null || value === undefined || value === "" || value === false
    ? undefined
    : scalar(value, "http.next.page.json.pointer");
}

/** RFC 8288; only to the same host, since credentials go along. */
function nextLink({ headers }: HttpAnswer, asked: URL): string | undefined {
  const text = [headers["link"] ?? []].flat().join(",");
  for (const [, target = "", parameters = ""] of text.matchAll(/<([^>]*)>((?:\s*;\s*[^,;]+)*)/g)) {
    if (!/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters)) continue;
    const next = URL.canParse(target, asked.href) ? new URL(target, asked) : undefined;
    if (next?.origin === asked.origin) return next.href;
    throw new ConnectError("CONNECT_SOURCE", `The answer's next page is at another host than ${asked.origin}, and is not asked there.`);
  }
  return undefined;
}

/** A position as an offset. */
export function offsetOf({ offset, index, seen }: HttpPosition): SourcePlace {
  return { offset, ...(index > 0 && { index }), ...(seen !== undefined && { seen }) };
}

/** @throws ConnectError CONNECT_CONFIG for an offset of other parts */
export function positionOf({ offset, index = 0, seen }: SourcePlace): HttpPosition {
  if (
    (typeof offset !== "string" && typeof offset !== "number" && typeof offset !== "bigint") ||
    typeof index !== "number" ||
    !Number.isSafeInteger(index) ||
    index < 0
  )
    throw new ConnectError(
      "CONNECT_CONFIG",
      'An offset of the HTTP source is {"offset": "…"}, and "index": how many records of its answer were read.',
    );
  return { offset: String(offset), index, seen: typeof seen === "string" ? seen : undefined };
}
