// What a worker's thread loads: a count of topic `in` whose handler comes with it.
import { type ErrorHandlers, serdes, StreamsBuilder } from "@ottla/streams";

const texts = { key: serdes.string, value: serdes.string };
const b = new StreamsBuilder();
b.stream("in", texts)
  .mapValues((value) => {
    if (value === "bad") throw new Error("bad");
    return value;
  })
  .groupByKey(texts)
  .count({ store: "counts" })
  .toStream()
  .to("out");

export const topology = b.build();

/** A function, which could not come from the application. */
export const onError: ErrorHandlers = { process: () => "continue" };
