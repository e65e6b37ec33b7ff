import type { Meter } from "./meter.ts";
import type { ConsumeTask, HandleTask, LatencyTask, ProduceTask, TransactionsTask } from "./task.ts";

/** Sends until the deadline (of `performance.now`) and resolves with the number of records when all are acknowledged. */
export interface Sending {
  runUntil(deadlineMs: number): Promise<number>;
  close(): Promise<void>;
}

/** Sends one record and awaits its acknowledgement. */
interface Pinging {
  ping(payload: Buffer): Promise<unknown>;
  close(): Promise<void>;
}

/** Sends the payloads in one transaction and commits it. */
interface Transacting {
  transact(payloads: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}

/** One client, behind what all of them can do. */
export interface PeerDriver {
  /** Counts each record with `meter` until that has enough. */
  consume(task: ConsumeTask, meter: Meter): Promise<void>;
  /** As {@link consume}, through the client's way of calling a function per record. Left out: it has none with this concurrency. */
  handle?(task: HandleTask, meter: Meter): Promise<void>;
  openProducer(task: ProduceTask, payloads: readonly Buffer[]): Promise<Sending>;
  openPinger(task: LatencyTask): Promise<Pinging>;
  openTransactions(task: TransactionsTask): Promise<Transacting>;
}

/** A name that nobody has had. */
export const freshName = (prefix: string): string => `${prefix}-${process.pid}-${Date.now()}`;

const OUTSTANDING = 10_000;

/** Sends a record per call, with ten thousand promises open at most. */
export async function sendOneByOne(
  payloads: readonly Buffer[],
  deadlineMs: number,
  send: (payload: Buffer) => Promise<unknown>,
): Promise<number> {
  let open = 0;
  let count = 0;
  let failure: Error | undefined;
  let wake = (): void => {};
  const onDone = (): void => {
    open--;
    if (open === 0 || open === OUTSTANDING / 2) wake();
  };
  const onError = (error: Error): void => {
    failure = error;
    onDone();
  };
  while ((count & 63) !== 0 || performance.now() < deadlineMs) {
    send(payloads[count++ % payloads.length]!).then(onDone, onError);
    if (++open >= OUTSTANDING) await new Promise<void>((resolve) => (wake = resolve));
    if (failure !== undefined) throw failure;
  }
  while (open > 0) await new Promise<void>((resolve) => (wake = resolve));
  if (failure !== undefined) throw failure;
  return count;
}

const LISTS_IN_FLIGHT = 5;

/** Sends lists of `length` records, five of them on the way at a time. */
export async function sendLists<T>(
  messages: readonly T[],
  length: number,
  deadlineMs: number,
  send: (list: T[]) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() < deadlineMs) {
      const list = Array.from({ length }, (_, i) => messages[(count + i) % messages.length]!);
      count += length;
      await send(list);
    }
  };
  await Promise.all(Array.from({ length: LISTS_IN_FLIGHT }, sender));
  return count;
}

/** How many records fill batches of 64 KiB in all four partitions. */
export const listLength = (payloadBytes: number): number => Math.floor((4 * 65_536) / (payloadBytes + 8));
