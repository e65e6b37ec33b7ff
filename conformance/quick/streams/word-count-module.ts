// What workers' threads load: the word count, which obeys some words of its lines.
import { serdes, StreamsBuilder, type Topology } from "@ottla/streams";

/** What the module is told by whoever starts the application. */
export interface WordCountData {
  readonly isPersistent?: boolean;
  /** A byte for each order, shared by all threads: 1, it was obeyed. */
  readonly obeyed?: SharedArrayBuffer;
}

/** Counts the words of topic `lines` into topic `words`. A line such as `!exit 3` is an order to the thread that reads it, the third of its kind: it is obeyed once, and counts nothing. `!hold 3` holds the thread until the byte behind is set. */
export default function wordCountOfModule({ isPersistent = false, obeyed = new SharedArrayBuffer(1) }: WordCountData = {}): Topology {
  const b = new StreamsBuilder();
  b.stream("lines", { key: serdes.string, value: serdes.string })
    .flatMapValues((line) => (line.startsWith("!") ? obey(line, new Uint8Array(obeyed)) : line.split(" ")))
    .groupBy((word) => word, { key: serdes.string, value: serdes.string, name: "by-word" })
    .count({ store: { name: "counts", persistent: isPersistent } })
    .toStream()
    .to("words");
  return b.build();
}

function obey(line: string, obeyed: Uint8Array): string[] {
  const [order = "", index] = line.split(" ");
  if (Atomics.exchange(obeyed, Number(index), 1) === 1) return [];
  switch (order) {
    case "!throw":
      throw new Error("told to throw");
    case "!exit":
      return process.exit(7);
    case "!timer":
      setTimeout(() => {
        throw new Error("thrown by a timer");
      });
      return [];
    case "!hold":
      while (Atomics.load(obeyed, Number(index) + 1) === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      return [];
    case "!block":
      for (;;);
    case "!eat":
      for (const hoard: unknown[] = []; ; ) hoard.push(Array(100_000).fill(hoard));
    default:
      return [];
  }
}
