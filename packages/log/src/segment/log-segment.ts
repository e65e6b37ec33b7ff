/** What taking batches out of a segment's bytes needs to know of it, wherever it is kept. */
export interface LogSegment {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** For messages: the file, or the name it has elsewhere. */
  readonly path: string;
}
