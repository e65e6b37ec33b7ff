import { boxedTime } from "../../boxed-time.ts";
import { type Headers, noHeaders } from "../../record.ts";
import { type FoundWindow, laterTime, type RangeVisitor, visited, type VisitsWindows } from "../../stores/found-value.ts";
import type { UnmatchedList, UnmatchedRecords } from "../../stores/outer-join/unmatched-records.ts";
import type { UnmatchedVisit } from "../../stores/outer-join/unmatched-visit.ts";
import type { WindowStore } from "../../stores/store.ts";
import { FEW, fanOutResults, type Results } from "../many-results.ts";
import { type FanOutWalk, type HeldBack, Operator, type OperatorContext } from "../operator.ts";
import type { JoinClock, JoinClocks } from "./join-clock.ts";
import type { StreamStreamJoinOptions } from "./join-windows.ts";

/**
 * One side of a join of streams: each of its records with what the other side's store has of its key within the window. A record of a left or outer join that finds nobody waits until no
 * partner can come any more; what has waited long enough goes on before the record that lets time pass, by time, right before left, and key (KIP-633). All that with one time, side and key
 * find their partner together.
 */
export class StreamJoinOperator extends Operator implements RangeVisitor {
  readonly #isLeftSide: boolean;
  readonly #options: StreamStreamJoinOptions;
  readonly #clocks: JoinClocks;
  /** Whether records of this side without a partner count. */
  readonly #keepsUnmatched: boolean;
  readonly #beforeMs: number;
  readonly #afterMs: number;
  #context!: OperatorContext;
  #clock!: JoinClock;
  #other!: WindowStore<unknown, unknown>;
  #visits!: VisitsWindows;
  /** The record that is being joined, and how many partners it has had so far. */
  #key: unknown;
  #value: unknown;
  #timestamp = boxedTime;
  #headers: Headers = noHeaders;
  #joinedCount = 0;
  #isMore = false;
  /** Of the other side's, which are looked for. */
  fromMs = 0.5;
  toMs = 0.5;
  #unmatched: UnmatchedRecords<unknown> | undefined;

  constructor(isLeftSide: boolean, options: StreamStreamJoinOptions, clocks: JoinClocks) {
    super();
    this.#isLeftSide = isLeftSide;
    this.#options = options;
    this.#clocks = clocks;
    const { windows, isLeft, isOuter } = options;
    this.#keepsUnmatched = isLeftSide ? isLeft : isOuter;
    this.#beforeMs = isLeftSide ? windows.beforeMs : windows.afterMs;
    this.#afterMs = isLeftSide ? windows.afterMs : windows.beforeMs;
  }

  override init(context: OperatorContext): void {
    const { leftStore, rightStore, unmatchedStore } = this.#options;
    this.#context = context;
    this.#clock = this.#clocks.of(context.taskId);
    this.#other = context.store(this.#isLeftSide ? rightStore : leftStore);
    this.#visits = visited(this.#other);
    if (unmatchedStore !== undefined) this.#unmatched = context.store(unmatchedStore);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const clock = this.#clock;
    if (timestamp > clock.streamTimeMs) clock.streamTimeMs = timestamp;
    if (key === null || value === null) {
      // Without a key it can find nobody, so there is nothing to wait for.
      if (this.#keepsUnmatched && value !== null) this.#forwardAlone(key, value, timestamp, headers);
      else this.#context.dropped("null key or value");
      return;
    }
    const unmatched = this.#unmatched;
    const isDue = timestamp === clock.streamTimeMs && unmatched !== undefined && this.#isEmissionDue();
    if (isDue && unmatched.isEmpty) clock.unmatchedFromMs = Number.POSITIVE_INFINITY;
    else if (isDue && !this.#emitFew(unmatched, headers)) {
      this.#emitAndJoin(unmatched, key, value, timestamp, headers);
      return;
    }
    this.#join(key, value, timestamp, headers);
  }

  #emitAndJoin(unmatched: UnmatchedRecords<unknown>, key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const begin = (): FanOutWalk => {
      const steps = this.#emitUnmatched(unmatched, headers);
      let isEmitting = true;
      return {
        next: () => {
          if (!isEmitting) return false;
          isEmitting = steps.next().done !== true;
          if (!isEmitting) this.#join(key, value, timestamp, headers);
          return isEmitting;
        },
        close: () => void steps.return(undefined),
      };
    };
    this.#context.fanOut({ operator: this, key, value, begin });
  }

  #join(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.#key = key;
    this.#value = value;
    this.#timestamp = timestamp;
    this.#headers = headers;
    this.#joinedCount = 0;
    this.#isMore = false;
    this.fromMs = Math.max(0, timestamp - this.#beforeMs);
    this.toMs = Math.max(0, timestamp + this.#afterMs);
    this.#visits.visitRange(key, this);
    if (this.#isMore) {
      const done = this.#joinedCount;
      const begin = (isAgain: boolean): Results => this.#forwardPartners(isAgain ? 0 : done, key, value, timestamp, headers);
      fanOutResults(this.#context, { operator: this, key, value, begin });
    } else if (this.#joinedCount === 0) {
      this.#joinAlone(key, value, timestamp, headers);
    }
  }

  /** A partner of the record that is being joined. */
  visitValue(found: FoundWindow): boolean {
    this.#isMore = this.#joinedCount === FEW || this.task.isDeferring;
    if (this.#isMore) return false;
    this.#joinedCount++;
    this.#forwardPartner(this.#key, this.#value, this.#timestamp, this.#headers, found);
    return true;
  }

  *#forwardPartners(done: number, key: unknown, value: unknown, timestamp: number, headers: Headers): Generator<undefined, void> {
    let at = 0;
    const toMs = Math.max(0, timestamp + this.#afterMs);
    for (const [startMs, other] of this.#other.fetchRange(key, Math.max(0, timestamp - this.#beforeMs), toMs)) {
      if (at++ < done) continue;
      this.#forwardPartner(key, value, timestamp, headers, { startMs, value: other });
      yield;
    }
  }

  #forwardPartner(key: unknown, value: unknown, timestamp: number, headers: Headers, found: FoundWindow): void {
    const { value: other } = found;
    this.#unmatched?.removeMatched(key, found, !this.#isLeftSide);
    this.#forwardJoined(key, value, other, laterTime(timestamp, found.startMs), headers);
  }

  #joinAlone(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const clock = this.#clock;
    if (!this.#keepsUnmatched) {
      this.#context.unmatched();
      return;
    }
    if (this.#unmatched === undefined || Math.max(0, timestamp + this.#afterMs) < clock.streamTimeMs) {
      this.#forwardAlone(key, value, timestamp, headers);
    } else {
      clock.unmatchedFromMs = Math.min(timestamp, clock.unmatchedFromMs);
      this.#unmatched.add(key, timestamp, this.#isLeftSide, value);
      this.#context.waits?.(timestamp + this.#afterMs + this.#options.windows.graceMs + 1);
    }
  }

  override heldBack(): HeldBack | undefined {
    const { unmatchedFromMs, streamTimeMs } = this.#clock;
    if (this.#unmatched === undefined || !this.#keepsUnmatched || unmatchedFromMs === Number.POSITIVE_INFINITY) return undefined;
    const untilStreamTimeMs = unmatchedFromMs + this.#afterMs + this.#options.windows.graceMs + 1;
    return { kind: "join", count: undefined, untilStreamTimeMs, streamTimeMs };
  }

  override close(): void {
    this.#clocks.remove(this.#context.taskId);
  }

  /** When it is looked for those whose window is over follows Java's operator step by step, as does which times are looked at: it can be seen in what comes out. */
  #isEmissionDue(): boolean {
    const clock = this.#clock;
    const openMs = this.#afterMs + this.#options.windows.graceMs;
    // Java's sum runs over when nothing waits, so that it looks all the same unless nothing is added.
    const isNothingDue =
      clock.unmatchedFromMs === Number.POSITIVE_INFINITY ? openMs <= 0 : clock.unmatchedFromMs + openMs >= clock.streamTimeMs;
    if (isNothingDue) return false;
    const nowMs = this.#context.systemTimeMs();
    const { emitIntervalMs } = this.#context;
    const waitMs = clock.nextEmitMs - nowMs;
    // Longer than an interval: the clock was put back.
    if (waitMs > 0 && waitMs <= emitIntervalMs) return false;
    clock.nextEmitMs = nowMs + emitIntervalMs;
    return true;
  }

  /** Gives on those whose window is over, one after another; with each that it looks at it may be left for a while. */
  *#emitUnmatched(unmatched: UnmatchedRecords<unknown>, headers: Headers): Generator<undefined, void> {
    const clock = this.#clock;
    clock.unmatchedFromMs = Number.POSITIVE_INFINITY;
    let last: UnmatchedList<unknown> | undefined;
    let isLeftOpen = false;
    let isRightOpen = false;
    for (const list of unmatched.all()) {
      const { timestamp, isLeft } = list;
      clock.unmatchedFromMs = timestamp;
      if (isLeftOpen && isRightOpen) break;
      if (this.#isOpen(list)) {
        if (isLeft) isLeftOpen = true;
        else isRightOpen = true;
        // Java walks value by value: the second one of this list is where it stops.
        if (isLeftOpen && isRightOpen && list.count > 1) break;
        yield;
        continue;
      }
      const key = list.key();
      for (const value of list.values()) {
        this.#forwardUnmatched(key, value, isLeft, timestamp, headers);
        // A list goes when the first of the next one is on its way, so that a failure in its middle loses none of it.
        last?.remove();
        last = undefined;
        yield;
      }
      last = list;
    }
    last?.remove();
  }

  /** The same of a few of one value each, in one go and without garbage; false: the steps have to do it, or what is left of it. */
  #emitFew(unmatched: UnmatchedRecords<unknown>, headers: Headers): boolean {
    const clock = this.#clock;
    const visit = this.task.isDeferring ? undefined : unmatched.visits();
    if (visit === undefined || !this.#areFew(visit)) return false;
    clock.unmatchedFromMs = Number.POSITIVE_INFINITY;
    let last = -1;
    let isLeftOpen = false;
    let isRightOpen = false;
    for (visit.begin(); visit.moveNext(); ) {
      const { timestamp, isLeft, entry } = visit;
      clock.unmatchedFromMs = timestamp;
      if (isLeftOpen && isRightOpen) break;
      if (this.#isOpen(visit)) {
        if (isLeft) isLeftOpen = true;
        else isRightOpen = true;
        continue;
      }
      this.#forwardUnmatched(visit.key(), visit.firstValue(), isLeft, timestamp, headers);
      if (last >= 0) visit.remove(last);
      last = entry;
      if (!this.task.isDeferring) continue;
      visit.remove(last);
      return false;
    }
    if (last >= 0) visit.remove(last);
    return true;
  }

  /** Whether so few are looked at that they make no slice of their own. */
  #areFew(visit: UnmatchedVisit<unknown>): boolean {
    let count = 0;
    let isLeftOpen = false;
    let isRightOpen = false;
    while (visit.moveNext()) {
      if (++count > FEW || visit.count > 1) return false;
      if (isLeftOpen && isRightOpen) return true;
      if (!this.#isOpen(visit)) continue;
      if (visit.isLeft) isLeftOpen = true;
      else isRightOpen = true;
    }
    return true;
  }

  /** A partner may still come. */
  #isOpen({ timestamp, isLeft }: Pick<UnmatchedList<unknown>, "timestamp" | "isLeft">): boolean {
    const { beforeMs, afterMs, graceMs } = this.#options.windows;
    return timestamp + (isLeft ? afterMs : beforeMs) + graceMs >= this.#clock.streamTimeMs;
  }

  #forwardUnmatched(key: unknown, value: unknown, isLeft: boolean, timestamp: number, headers: Headers): void {
    const { joiner } = this.#options;
    this.forward(key, (isLeft ? joiner(value, null, key) : joiner(null, value, key)) ?? null, timestamp, headers);
  }

  #forwardAlone(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.#forwardJoined(key, value, null, timestamp, headers);
  }

  #forwardJoined(key: unknown, own: unknown, other: unknown, timestamp: number, headers: Headers): void {
    const { joiner } = this.#options;
    this.forward(key, (this.#isLeftSide ? joiner(own, other, key) : joiner(other, own, key)) ?? null, timestamp, headers);
  }
}
