import { collectionPattern, type Signal, type SnapshotCondition } from "../signals/signal.ts";

/** A snapshot that was asked for. */
export interface SnapshotRequest {
  readonly id: string;
  readonly collections: readonly string[];
  readonly conditions: readonly SnapshotCondition[];
  readonly surrogateKey?: string | undefined;
  /** Collections that were stopped since. */
  readonly stopped?: readonly string[] | undefined;
}

/** How far the first request has come; its tables are read in the order of their names. */
export interface ChunkPlace {
  readonly table: string;
  /** Values of the columns that rows are read by, as texts, of the last row; undefined: none was read. */
  readonly key?: readonly string[] | undefined;
  /** Of the last row that is to be read: those behind it come by the log. */
  readonly maxKey?: readonly string[] | undefined;
  readonly isTableDone: boolean;
}

/** Incremental snapshots that are to be made: a value, which offsets carry as a text. */
export interface SnapshotQueue {
  readonly requests: readonly SnapshotRequest[];
  readonly isPaused: boolean;
  /** In the first request; undefined: it is not begun. */
  readonly place?: ChunkPlace | undefined;
}

export const EMPTY_QUEUE: SnapshotQueue = { requests: [], isPaused: false };
/** More are not taken on. */
const REQUESTS_MAX = 100;

/** The queue behind a signal; the same object where the signal changes nothing. */
export function withSignal(queue: SnapshotQueue, signal: Signal): SnapshotQueue {
  switch (signal.kind) {
    case "execute-snapshot": {
      if (queue.requests.length >= REQUESTS_MAX) return queue;
      const { id, collections, conditions, surrogateKey } = signal;
      return {
        ...queue,
        requests: [...queue.requests, { id, collections, conditions, ...(surrogateKey !== undefined && { surrogateKey }) }],
      };
    }
    case "stop-snapshot":
      if (queue.requests.length === 0) return queue;
      if (signal.collections.length === 0) return EMPTY_QUEUE;
      return {
        ...queue,
        requests: queue.requests.map((request) => ({
          ...request,
          stopped: [...new Set([...(request.stopped ?? []), ...signal.collections])],
        })),
      };
    case "pause-snapshot":
      return queue.isPaused ? queue : { ...queue, isPaused: true };
    case "resume-snapshot":
      return queue.isPaused ? { ...queue, isPaused: false } : queue;
    case "log":
      return queue;
  }
}

/** The queue at another place of its first request. */
export const at = (queue: SnapshotQueue, place: ChunkPlace): SnapshotQueue => ({ ...queue, place });

/** The queue without its first request. */
export const withoutFirst = ({ requests, isPaused }: SnapshotQueue): SnapshotQueue => ({ requests: requests.slice(1), isPaused });

/** Whether a request wants a table, as far as it was not stopped. */
function wants({ collections, stopped = [] }: SnapshotRequest, table: string): boolean {
  return collections.some((text) => collectionPattern(text).test(table)) && !stopped.some((text) => collectionPattern(text).test(table));
}

/** Of the tables that are captured, in the order of their names, the one whose rows are next to be read; undefined: the request is done. */
export function nextTable(request: SnapshotRequest, place: ChunkPlace | undefined, tables: readonly string[]): string | undefined {
  return tables.find(
    (table) => wants(request, table) && (place === undefined || (place.isTableDone ? table > place.table : table >= place.table)),
  );
}

/** The filter that a request sets for a table. */
export const filterOf = ({ conditions }: SnapshotRequest, table: string): string | undefined =>
  conditions.find(({ collection }) => collectionPattern(collection).test(table))?.filter;

/** As an offset carries it; undefined: there is nothing to do. */
export const writeQueue = (queue: SnapshotQueue): string | undefined =>
  queue.requests.length === 0 && !queue.isPaused ? undefined : JSON.stringify(queue);

/** What {@link writeQueue} wrote; of anything else nothing is to be done. */
export function readQueue(text: string | undefined): SnapshotQueue {
  if (text === undefined) return EMPTY_QUEUE;
  try {
    const queue = JSON.parse(text) as SnapshotQueue;
    return Array.isArray(queue.requests) ? queue : EMPTY_QUEUE;
  } catch {
    return EMPTY_QUEUE;
  }
}
