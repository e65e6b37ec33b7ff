// What workers' threads load: lines counted by key.
import { serdes, StreamsBuilder, type Topology } from "@ottla/streams";

export default function threadedCounts({ lines, counts }: { readonly lines: string; readonly counts: string }): Topology {
  const b = new StreamsBuilder();
  b.stream(lines, { key: serdes.string, value: serdes.string }).groupByKey().count({ store: "counts" }).toStream().to(counts);
  return b.build();
}
