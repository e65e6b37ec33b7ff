import { type Clock, TimeSlice } from "@ottla/base";
import type { Admin } from "@ottla/client";
import type { RequestBudget } from "./request-budget.ts";

/** What a part of the watch looks with. */
export interface Look {
  readonly admin: Admin;
  readonly clock: Clock;
  readonly budget: RequestBudget;
  readonly signal: AbortSignal;
  /** Keeps a large cluster from holding the loop. */
  readonly slice: TimeSlice;
}

/** How long one request of the watch may take. */
const CALL_TIMEOUT_MS = 15_000;

/** Why a part of the state is not known, or not any more. */
export interface NotSeen {
  /** The code of the error. */
  readonly code: string;
  readonly message: string;
  /** Since when, since 1970. */
  readonly sinceMs: number;
}

/** A look now. */
export function lookNow(admin: Admin, clock: Clock, budget: RequestBudget, signal: AbortSignal): Look {
  return { admin, clock, budget, signal, slice: new TimeSlice(clock) };
}

/** Makes one call when its requests have their turn. */
export async function paced<Value>(
  { budget, signal }: Look,
  requests: number,
  call: (options: { readonly timeoutMs: number; readonly signal: AbortSignal }) => Promise<Value>,
): Promise<Value> {
  await budget.turn(requests, signal);
  return call({ timeoutMs: CALL_TIMEOUT_MS, signal });
}

/** A list in pieces of at most so many. */
export function pieces<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most));
}

/** What an error says, with the code that programs know; since when, where it was not seen `before` either. */
export function notSeen(error: unknown, nowMs: number, before?: NotSeen): NotSeen {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "FAILED";
  return { code, message: error instanceof Error ? error.message : String(error), sinceMs: before?.sinceMs ?? nowMs };
}
