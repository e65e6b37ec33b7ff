import type { Context } from "hono";
import type { QueryOptions, RowsOptions } from "../store-options.ts";
import { StoreQueryError } from "../store-query-error.ts";
import { positionFrom } from "../wire.ts";

const WAIT_MS_MAX = 30_000;

export function rowsOptions(context: Context): RowsOptions {
  return { ...readOptions(context), reverse: flag(context, "reverse") };
}

export function readOptions(context: Context): QueryOptions {
  const bound = context.req.query("bound");
  return {
    anywhere: !flag(context, "here"),
    stale: flag(context, "stale"),
    partition: whole(context, "partition", -1, Number.MAX_SAFE_INTEGER),
    waitMs: whole(context, "waitMs", 0, WAIT_MS_MAX),
    bound: bound === undefined ? undefined : positionFrom(parsed(bound)),
    signal: context.req.raw.signal,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StoreQueryError("STREAMS_BAD_ARGUMENT", "bound is to be JSON: an offset by topic and partition.", {}, cause);
  }
}

/** `?reverse`, `?reverse=true`. */
function flag(context: Context, name: string): boolean {
  const value = context.req.query(name);
  if (value === undefined || value === "false") return false;
  if (value === "" || value === "true" || value === "1") return true;
  throw new StoreQueryError("STREAMS_BAD_ARGUMENT", `${name} is "${value.slice(0, 100)}": give true or false.`);
}

export function whole(context: Context, name: string, min: number, max: number): number | undefined {
  const value = context.req.query(name);
  if (value === undefined) return undefined;
  const number = value === "" ? Number.NaN : Number(value);
  if (Number.isSafeInteger(number) && number >= min && number <= max) return number;
  throw new StoreQueryError("STREAMS_BAD_ARGUMENT", `${name} is "${value.slice(0, 100)}": give a whole number from ${min} to ${max}.`);
}

export function time(context: Context, name: string): number | undefined {
  return whole(context, name, 0, Number.MAX_SAFE_INTEGER);
}

export function times(context: Context): { readonly fromMs: number | undefined; readonly toMs: number | undefined } {
  return { fromMs: time(context, "from"), toMs: time(context, "to") };
}
