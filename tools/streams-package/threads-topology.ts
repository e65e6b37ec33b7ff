// What the threads of threads.mjs load, from the packed package.
import { serdes, StreamsBuilder, type Topology } from "@ottla/streams";

export default function topology({ input, output }: { readonly input: string; readonly output: string }): Topology {
  const b = new StreamsBuilder();
  b.stream(input, { key: serdes.string, value: serdes.string })
    .groupByKey({ key: serdes.string, value: serdes.string })
    .count({ store: "counts" })
    .toStream()
    .to(output);
  return b.build();
}
