/** One line of a dump; with `--json` it is printed as it is. Offsets and positions in bytes from the start of the file. */
export type DumpLine =
  | { readonly type: "file"; readonly path: string; readonly bytes: number }
  | BatchLine
  | RecordLine
  | { readonly type: "offsetEntry"; readonly offset: number; readonly position: number }
  | { readonly type: "timeEntry"; readonly timestamp: number; readonly offset: number }
  | ProducerLine
  | { readonly type: "damage"; readonly path: string; readonly position: number; readonly fault: string }
  | {
      readonly type: "sums";
      readonly files: number;
      readonly bytes: number;
      readonly batches: number;
      readonly records: number;
      readonly damages: number;
    };

export interface BatchLine {
  readonly type: "batch";
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly count: number;
  readonly position: number;
  readonly bytes: number;
  readonly codec: string;
  readonly timestampType: string;
  readonly maxTimestamp: number;
  readonly leaderEpoch: number;
  /** −1 where the producer was not idempotent, as are its epoch and sequences. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly crc: number;
}

export interface RecordLine {
  readonly type: "record";
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[];
}

interface ProducerLine {
  readonly type: "producer";
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly lastTimestamp: number;
  readonly coordinatorEpoch: number;
  readonly transactionStartOffset: number;
}

/** Takes the lines of a dump; resolves when there is room for more. */
export type DumpSink = (line: DumpLine) => Promise<void> | undefined;
