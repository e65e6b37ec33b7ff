import type { Logger } from "@ottla/base";
import { type ChunkRow, type IncrementalSnapshot, relationName } from "../incremental/incremental-snapshot.ts";
import type { OffsetProgress } from "../changes/cdc-offset.ts";
import type { ChangeObserver, ReadRow } from "../changes/change-reader.ts";
import type { LogicalMessage, OldRow, Relation, TextRow } from "../pgoutput/pgoutput-message.ts";
import { readSignal } from "./signal.ts";
import type { KafkaSignals } from "./kafka-signals.ts";

const COLUMNS = ["id", "type", "data"] as const;

/** Where signals come from. */
export interface SignalChannels {
  /** `signal.data.collection`, where `signal.enabled.channels` has `source`. */
  readonly collection: string | undefined;
  readonly kafka: KafkaSignals | undefined;
}

/**
 * Takes signals from their channels to what they are for. A signal from the table counts at its place in the log, one from the topic between two transactions; each is done with the offset of the records behind it, so that
 * after a restart it comes again or is done, never both. One that is of no use is told in the log and changes nothing.
 */
export class SignalDesk implements ChangeObserver {
  readonly #channels: SignalChannels;
  readonly #snapshot: IncrementalSnapshot;
  readonly #log: Logger;
  /** Places of id, type and data by relation. */
  readonly #places = new Map<number, readonly number[]>();
  #kafkaOffset: number | undefined;

  constructor(channels: SignalChannels, snapshot: IncrementalSnapshot, log: Logger, kafkaOffset: number | undefined) {
    this.#channels = channels;
    this.#snapshot = snapshot;
    this.#log = log;
    this.#kafkaOffset = kafkaOffset;
  }

  /** Grows when {@link SignalDesk.progress} is another. */
  get changes(): number {
    return this.#snapshot.changes + (this.#kafkaOffset ?? 0);
  }

  get progress(): OffsetProgress | undefined {
    const { text } = this.#snapshot;
    if (text === undefined && this.#kafkaOffset === undefined) return undefined;
    return {
      ...(text !== undefined && { incremental: text }),
      ...(this.#kafkaOffset !== undefined && { signalOffset: this.#kafkaOffset }),
    };
  }

  /** Rows of a chunk with what offsets say behind each. */
  withProgress(rows: readonly ChunkRow[]): readonly ReadRow[] {
    const signalOffset = this.#kafkaOffset;
    return rows.map(({ table, row, queue }) => ({
      table,
      row,
      progress: { ...(queue !== undefined && { incremental: queue }), ...(signalOffset !== undefined && { signalOffset }) },
    }));
  }

  begun(xid: number): void {
    this.#snapshot.recent.add(xid);
  }

  described(relation: Relation): void {
    this.#snapshot.described(relation.relationId);
    if (relationName(relation) !== this.#channels.collection) return void this.#places.delete(relation.relationId);
    const named = COLUMNS.map((name) => relation.columns.findIndex((column) => column.name === name));
    this.#places.set(relation.relationId, named.includes(-1) ? [0, 1, 2] : named);
  }

  inserted(relationId: number, row: TextRow): void {
    const places = this.#places.get(relationId);
    if (places === undefined) return;
    const text = (place: number): string | null => {
      const value = row[place];
      return typeof value === "string" ? value : null;
    };
    this.#take(text(places[0]!) ?? "", text(places[1]!) ?? "", text(places[2]!));
  }

  changed(relationId: number, row: TextRow | undefined, old: OldRow | undefined): void {
    this.#snapshot.changed(relationId, row, old);
  }

  truncated(relationIds: readonly number[]): void {
    this.#snapshot.truncated(relationIds);
  }

  isMark(message: LogicalMessage): boolean {
    return this.#snapshot.mark(message);
  }

  /** Between two transactions. */
  takeFromKafka(): void {
    const { kafka } = this.#channels;
    if (kafka === undefined) return;
    for (const { id, type, data, nextOffset } of kafka.take()) {
      this.#kafkaOffset = nextOffset;
      if (type !== undefined) this.#take(id, type, data);
    }
  }

  #take(id: string, type: string, data: string | null): void {
    let signal: ReturnType<typeof readSignal>;
    try {
      signal = readSignal(id, type, data);
    } catch (error) {
      this.#log.warn("A signal is left out", { signal: id, type, problem: error instanceof Error ? error.message : String(error) });
      return;
    }
    if (signal.kind === "log") this.#log.info(signal.message, { signal: id });
    else this.#snapshot.signal(signal);
  }
}
