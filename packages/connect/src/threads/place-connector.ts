/** A thread as far as it matters for what runs on it. */
export interface ThreadView {
  readonly id: number;
  /** Made for one connector alone; others come there only where no more threads may be made. */
  readonly isOwn: boolean;
  readonly memoryMb: number;
  readonly connectors: ReadonlySet<string>;
  /** The share of the time, of the last seconds above all, in which its loop had work. */
  readonly utilization: number;
}

/** What a connector asks of the thread of its tasks. */
export interface ThreadWish {
  readonly connector: string;
  readonly isOwn: boolean;
  readonly memoryMb: number;
}

/** A thread that is there, or that one has to be made. */
export type Placement = { readonly use: number } | { readonly make: { readonly isOwn: boolean; readonly memoryMb: number } };

/** A shared thread that works more than this is full where another one may be made. */
const BUSY = 0.7;

/**
 * Where a connector's tasks run. All of a connector's run on one thread. One that wants a thread of its own has it as long as no more than `threadsMax` are there; beyond, it comes to where the fewest are. All others share
 * one thread as long as that has time. Pure.
 */
export function placeConnector({ connector, isOwn, memoryMb }: ThreadWish, threads: readonly ThreadView[], threadsMax: number): Placement {
  const suits = threads.filter((thread) => thread.isOwn === isOwn);
  const there = suits.find((thread) => thread.connectors.has(connector));
  if (there !== undefined) return { use: there.id };
  if (isOwn) {
    const empty = suits.find((thread) => thread.connectors.size === 0 && thread.memoryMb === memoryMb);
    if (empty !== undefined) return { use: empty.id };
  } else {
    const free = suits.find((thread) => thread.utilization <= BUSY);
    if (free !== undefined) return { use: free.id };
  }
  if (threads.length < threadsMax) return { make: { isOwn, memoryMb } };
  const [least] = (suits.length > 0 ? suits : threads).toSorted((a, b) => a.connectors.size - b.connectors.size);
  return least === undefined ? { make: { isOwn, memoryMb } } : { use: least.id };
}
