import { type Client, ClientError, type ShareConsumer, type ShareRecord, shareConsumerOptionsFromProperties } from "@ottla/client";
import { ByteOutput } from "../../byte-output.ts";
import { clientProperties } from "../../client-properties.ts";
import { type CommandContext, UsageError } from "../../command.ts";
import { endsInTime } from "../../signal-grace.ts";
import { type ConsumeLimits, reportShortfall } from "./consume-limits.ts";
import type { RecordPrinter } from "./record-printer.ts";

const POLL_MS = 500;

/** What a share group decides by itself, or has none of. */
const FOREIGN = ["group", "partition", "offset", "from-beginning", "exit-at-end", "isolation-level"] as const;

export function checkShareSelection({ options }: CommandContext): void {
  const foreign = FOREIGN.find((name) => options.has(name));
  if (foreign !== undefined)
    throw new UsageError(
      `--share-group and --${foreign} exclude each other: a share group has no offsets of its members' choosing; its settings are the group's ("ottla configs", share.auto.offset.reset and others).`,
    );
}

/** Reads as a member of a share group, prints, and accepts what was printed; what was not is delivered to others. */
export async function consumeShared(
  context: CommandContext,
  client: Client,
  groupId: string,
  topics: readonly string[],
  printer: RecordPrinter,
  limits: ConsumeLimits,
): Promise<0 | 1> {
  const { signal } = context;
  const output = new ByteOutput(context);
  const { optionNames, ...properties } = shareConsumerOptionsFromProperties(clientProperties(context, "shareConsumer"));
  const consumer = client.shareConsumer({
    // A member that is to take a few records leaves the rest to others.
    maxPollRecords: Math.min(500, limits.maxMessages),
    ...properties,
    groupId,
    topics,
    acknowledgementMode: "explicit",
    optionNames: { ...optionNames, groupId: "--share-group" },
  });
  const wake = (): void => consumer.wakeup();
  signal.addEventListener("abort", wake);
  let count = 0;
  let isTimedOut = false;
  try {
    let lastRecordMs = performance.now();
    while (!signal.aborted && count < limits.maxMessages && !isTimedOut) {
      const idleMs = performance.now() - lastRecordMs;
      isTimedOut = idleMs >= limits.timeoutMs;
      if (isTimedOut) break;
      const records = await poll(consumer, Math.min(POLL_MS, limits.timeoutMs - idleMs));
      const printed: ShareRecord[] = [];
      for (const record of records) {
        if (count >= limits.maxMessages || signal.aborted) break;
        for (const piece of await printer.print(record)) output.add(piece);
        printed.push(record);
        count++;
        await output.flushIfFull();
      }
      await output.flush();
      // Nobody else is to have what was printed, and only that.
      for (const record of printed) if (record.isHeld) record.accept();
      if (records.length > 0) lastRecordMs = performance.now();
    }
    const isShort = isTimedOut && reportShortfall(context, count, limits);
    return printer.reportUnreadable() || isShort ? 1 : 0;
  } finally {
    signal.removeEventListener("abort", wake);
    const isInOrder = await endsInTime(consumer.close(), signal);
    if (!isInOrder)
      context.stderr.write("ottla: No broker took the last acknowledgements in time; the group may deliver those records again.\n");
  }
}

async function poll(consumer: ShareConsumer, timeoutMs: number): Promise<readonly ShareRecord[]> {
  try {
    return await consumer.poll(timeoutMs);
  } catch (error) {
    if (error instanceof ClientError && error.code === "WOKEN_UP") return [];
    throw error;
  }
}
