import { ByteReader, ByteWriter } from "@ottla/base";
import type { LogRecord } from "../coordinator-log.ts";
import type { CoordinatorSpec, CoordinatorTypes, Decision, RequestToken } from "../coordinator-spec.ts";

export type CounterInput =
  /** Adding 0 to what is there needs no record. */
  | { readonly kind: "add"; readonly token: RequestToken; readonly amount: number }
  /** Answered with the value when the alarm rings. */
  | { readonly kind: "watch"; readonly token: RequestToken; readonly delayMs: number }
  | { readonly kind: "hush" }
  | { readonly kind: "alarm" }
  | { readonly kind: "loaded" }
  /** Removes counters of this value; in two steps if `isSlow`. */
  | { readonly kind: "remove"; readonly value: number; readonly isSlow?: boolean }
  | { readonly kind: "remove-now"; readonly token: RequestToken };

export interface CounterAnswer {
  readonly errorCode: number;
  readonly value: number;
}

export interface CounterRecord {
  readonly key: string;
  readonly value: number | null;
}

export class CounterState {
  readonly values = new Map<string, number>();
  readonly watchers = new Map<string, readonly RequestToken[]>();
  readonly loadedKeys: string[] = [];
}

export interface CounterTypes extends CoordinatorTypes {
  readonly State: CounterState;
  readonly Input: CounterInput;
  readonly Record: CounterRecord;
  readonly Soft: { readonly watchers: readonly RequestToken[] } | "loaded";
  readonly Timer: "alarm";
  readonly Answer: CounterAnswer;
}

const NOTHING: Decision<CounterTypes> = { records: [], durability: "required", timers: [], replies: [] };

/** The least that is a coordinator: a number per key, and an alarm at which whoever watches is told it. */
export class CounterSpec implements CoordinatorSpec<CounterTypes> {
  readonly loaded: CounterInput = { kind: "loaded" };

  newState(): CounterState {
    return new CounterState();
  }

  encode({ key, value }: CounterRecord): LogRecord {
    const writer = new ByteWriter();
    if (value !== null) writer.int32(value);
    return { key: Buffer.from(key), value: value === null ? null : writer.toBuffer() };
  }

  decode({ key, value }: LogRecord): CounterRecord | undefined {
    const name = key.toString();
    return name.startsWith("#") ? undefined : { key: name, value: value && new ByteReader(value).int32() };
  }

  apply(state: CounterState, { key, value }: CounterRecord): void {
    if (value === null) state.values.delete(key);
    else state.values.set(key, value);
  }

  adopt(state: CounterState, key: string, soft: CounterTypes["Soft"]): void {
    if (soft === "loaded") state.loadedKeys.push(key);
    else state.watchers.set(key, soft.watchers);
  }

  decide(state: CounterState, key: string, input: CounterInput): Decision<CounterTypes> {
    const value = state.values.get(key) ?? 0;
    const watchers = state.watchers.get(key) ?? [];
    switch (input.kind) {
      case "add": {
        const sum = value + input.amount;
        const records = input.amount === 0 && state.values.has(key) ? [] : [{ key, value: sum }];
        return { ...NOTHING, records, replies: [{ token: input.token, answer: { errorCode: 0, value: sum } }] };
      }
      case "watch":
        return { ...NOTHING, soft: { watchers: [...watchers, input.token] }, timers: [{ timer: "alarm", delayMs: input.delayMs }] };
      case "hush":
        return { ...NOTHING, timers: [{ timer: "alarm", delayMs: null }] };
      case "alarm":
        return { ...NOTHING, soft: { watchers: [] }, replies: watchers.map((token) => ({ token, answer: { errorCode: 0, value } })) };
      case "loaded":
        return { ...NOTHING, soft: "loaded" };
      case "remove": {
        if (value < input.value) return NOTHING;
        // A slow one is taken down a step before it goes.
        const isPartial = input.isSlow === true && value === input.value;
        const next = isPartial ? input : undefined;
        return { ...NOTHING, records: [{ key, value: isPartial ? value + 1 : null }], durability: "piecemeal", next };
      }
      case "remove-now":
        return {
          ...NOTHING,
          records: [{ key, value: null }],
          durability: "piecemeal",
          timers: "cancel-all",
          replies: [{ token: input.token, answer: { errorCode: 0, value } }],
        };
    }
  }

  /** Whoever watches hears of the trouble. */
  decideFailure(state: CounterState, key: string, input: CounterInput, errorCode: number): Decision<CounterTypes> | undefined {
    const watchers = state.watchers.get(key) ?? [];
    if (input.kind !== "add" || watchers.length === 0) return undefined;
    const replies = [...watchers, input.token].map((token) => ({ token, answer: { errorCode, value: state.values.get(key) ?? 0 } }));
    return { ...NOTHING, soft: { watchers: [] }, replies };
  }

  timedOut(): CounterInput {
    return { kind: "alarm" };
  }

  timerName(timer: string): string {
    return timer;
  }

  keys(state: CounterState): Iterable<string> {
    return state.values.keys();
  }
}

export const refused = (errorCode: number): CounterAnswer => ({ errorCode, value: -1 });
