/** What a file is called: `<folder>/<stem><extension>`, or with the offset of its last record behind the stem where a store wants it. */
export interface FileName {
  readonly folder: string;
  /** `<topic>+<partition>+<first offset>`. */
  readonly stem: string;
  /** With its point: `.keys.avro`. */
  readonly extension: string;
  readonly contentType: string;
  /** Of the first record. */
  readonly firstOffset: bigint;
  /** Which topic, partition and offset the file begins with. */
  readonly source: string;
}

/** What is known of a file when it is whole. */
export interface FileEnd {
  /** Of its last record. */
  readonly lastOffset: bigint;
  readonly records: number;
}

/** A file in the making: parts that are sent, then the whole, which appears at once. */
export interface FileMaking {
  /** Sends a part. A part that failed may be sent again. */
  part(bytes: Buffer): Promise<void>;
  /** Sends the rest and makes the file; may be called again after it failed. */
  complete(rest: Buffer, end: FileEnd): Promise<void>;
  /** Parts that were sent go. */
  abort(): Promise<void>;
}

/** Where files are made. Each failure is a `RetriableError`, whatever it is: records must never be left out because of a server that says no. */
export interface FileStore {
  /** Parts have so many bytes, the last one fewer. */
  readonly partBytes: number;
  /** The most parts of a file. */
  readonly partsMax: number;
  begin(name: FileName): FileMaking;
  /** Somebody else may have written in between: partitions come or go. */
  forget?(): void;
  close(): void;
}
