import { serdes, StreamsBuilder, type Topology } from "@ottla/streams";
import type { Kafka } from "@ottla/testing";

/** Counts the words of topic `lines` into topic `words`. */
export function wordCount(store: { readonly persistent?: boolean } = {}): Topology {
  const b = new StreamsBuilder();
  b.stream("lines", { key: serdes.string, value: serdes.string })
    .flatMapValues((line) => line.split(" "))
    .groupBy((word) => word, { key: serdes.string, value: serdes.string, name: "by-word" })
    .count({ store: { name: "counts", ...store } })
    .toStream()
    .to("words");
  return b.build();
}

/** All counts that were written, in the order of each word. */
export async function countsWritten(kafka: Kafka): Promise<Map<string, number[]>> {
  const written = new Map<string, number[]>();
  for (const { key, value } of await kafka.topic("words").records({ value: "bytes" })) {
    const counts = written.get(key as string) ?? [];
    counts.push(serdes.long.deserialize("words", value as Buffer, []));
    written.set(key as string, counts);
  }
  return written;
}

/** Waits until the last count of each word is that. */
export async function countsAre(kafka: Kafka, expected: Readonly<Record<string, number>>): Promise<Map<string, number[]>> {
  return kafka.until(`counts of ${Object.keys(expected).length} words`, async () => {
    const written = await countsWritten(kafka);
    if (process.env["TELL"]) console.log([...written].map(([w, c]) => `${w} ${c.at(-1)} of ${expected[w]}`).join(", "));
    return Object.entries(expected).every(([word, count]) => written.get(word)?.at(-1) === count) ? written : undefined;
  });
}
