import type { DropReason, HeldBack, Operator } from "../processors/operator.ts";
import type { Headers } from "../record.ts";
import type { RawRecord } from "./record-queues.ts";
import { SampleWindow, type StatValues, WindowedStat } from "./windowed-stat.ts";

/** What a record counts beside key, value, topic and headers, in Java's metrics: its time, offset and partition. */
const RECORD_OVERHEAD_BYTES = 20;

/** Records of one topic at one node. */
export interface TopicCount {
  readonly topic: string;
  records: number;
  bytes: number;
}

/** What was counted at a node of a task. */
export interface NodeCounts {
  readonly node: string;
  readonly kind: "source" | "processor" | "sink";
  readonly topics: readonly Readonly<TopicCount>[];
  /** From a record's time to when it was taken or written. Empty for processors. */
  readonly endToEndMs: StatValues;
  readonly dropped: readonly (readonly [reason: DropReason, count: number])[];
  /** Records that found nobody in what they are joined with, and went no further. */
  readonly unmatchedCount: number;
  /** What waits for stream time here. */
  readonly heldBack: HeldBack | undefined;
}

/** What was counted in a task. */
export interface TaskCounts {
  readonly processedCount: number;
  readonly processedPerSecond: number;
  readonly droppedCount: number;
  readonly droppedPerSecond: number;
  /** −1: none since the task began. */
  readonly lastProcessedAtMs: number;
  readonly nodes: readonly NodeCounts[];
}

/** Counts at one node: of sources what is read, of sinks what is written, of all what comes to nothing. */
export class NodeMeter {
  readonly node: string;
  readonly kind: NodeCounts["kind"];
  readonly endToEndMs: WindowedStat = new WindowedStat();
  unmatchedCount = 0;
  readonly #dropped = new Map<DropReason, number>();
  readonly #clock: MeterClock;
  readonly #topics = new Map<string, TopicCount>();
  /** Most records are of the topic of the one before. */
  #last: TopicCount | undefined;

  constructor(node: string, kind: NodeCounts["kind"], clock: MeterClock) {
    this.node = node;
    this.kind = kind;
    this.#clock = clock;
  }

  taken(raw: RawRecord, timestamp: number): void {
    this.#count(raw.topic, raw.key, raw.value, raw.headers, timestamp);
  }

  written(topic: string, key: Uint8Array | null, value: Uint8Array | null, headers: Headers, timestamp: number): void {
    this.#count(topic, key, value, headers, timestamp);
  }

  dropped(reason: DropReason): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }

  counts(windowMs: number, heldBack: HeldBack | undefined): NodeCounts {
    return {
      node: this.node,
      kind: this.kind,
      topics: [...this.#topics.values()].map((count) => ({ ...count })),
      endToEndMs: this.endToEndMs.values(windowMs),
      dropped: [...this.#dropped],
      unmatchedCount: this.unmatchedCount,
      heldBack,
    };
  }

  #count(topic: string, key: Uint8Array | null, value: Uint8Array | null, headers: Headers, timestamp: number): void {
    let count = this.#last;
    if (count === undefined || count.topic !== topic) count = this.#countOf(topic);
    count.records++;
    count.bytes +=
      RECORD_OVERHEAD_BYTES +
      topic.length +
      (key === null ? 0 : key.length) +
      (value === null ? 0 : value.length) +
      (headers.length === 0 ? 0 : headersBytes(headers));
    this.endToEndMs.add(this.#clock.nowMs - timestamp);
  }

  #countOf(topic: string): TopicCount {
    let count = this.#topics.get(topic);
    if (count === undefined) {
      count = { topic, records: 0, bytes: 0 };
      this.#topics.set(topic, count);
    }
    this.#last = count;
    return count;
  }
}

interface MeterClock {
  nowMs: number;
}

/** Counts what happens in a task, as it happens, at Java's recording level INFO: additions only, no clock and no object for a record. Read when somebody asks. */
export class TaskMeter {
  /** The machine's clock as of the last slice. */
  readonly #clock: MeterClock;
  readonly #nodes = new Map<string, NodeMeter>();
  readonly #operators = new Map<string, Operator>();
  readonly #window: SampleWindow;
  /** Records processed in a slice. */
  readonly #processed = new WindowedStat();
  readonly #dropped = new WindowedStat();
  #lastProcessedAtMs = -1;

  constructor(nowMs: number) {
    this.#clock = { nowMs };
    this.#window = new SampleWindow(nowMs);
  }

  /** A slice begins. */
  at(nowMs: number): void {
    this.#clock.nowMs = nowMs;
    if (!this.#window.isOver(nowMs)) return;
    this.#processed.roll();
    this.#dropped.roll();
    for (const { endToEndMs } of this.#nodes.values()) endToEndMs.roll();
  }

  processed(count: number): void {
    if (count === 0) return;
    this.#processed.add(count);
    this.#lastProcessedAtMs = this.#clock.nowMs;
  }

  follow(operator: Operator, kind: NodeCounts["kind"]): NodeMeter {
    this.#operators.set(operator.name, operator);
    return this.#nodeOf(operator.name, kind);
  }

  /** Of stores, too, which drop what is too old under their own name. */
  dropped(node: string, reason: DropReason): void {
    this.#dropped.add(1);
    this.#nodeOf(node, "processor").dropped(reason);
  }

  /** What was counted so far; nodes in the order of the topology. */
  snapshot(nowMs: number): TaskCounts {
    const windowMs = this.#window.lengthMs(nowMs);
    const { total, perSecond } = this.#processed.values(windowMs);
    const dropped = this.#dropped.values(windowMs);
    return {
      droppedCount: dropped.total,
      droppedPerSecond: dropped.perSecond,
      processedCount: total,
      processedPerSecond: perSecond,
      lastProcessedAtMs: this.#lastProcessedAtMs,
      nodes: [...this.#nodes.values()].map((meter) => meter.counts(windowMs, this.#operators.get(meter.node)?.heldBack())),
    };
  }

  #nodeOf(node: string, kind: NodeCounts["kind"]): NodeMeter {
    let meter = this.#nodes.get(node);
    if (meter === undefined) {
      meter = new NodeMeter(node, kind, this.#clock);
      this.#nodes.set(node, meter);
    }
    return meter;
  }
}

function headersBytes(headers: Headers): number {
  let bytes = 0;
  for (const { key, value } of headers) bytes += key.length + (value === null ? 0 : value.length);
  return bytes;
}
