// A module that does what it must not: threads get another topology than the application.
import { isMainThread } from "node:worker_threads";
import { serdes, StreamsBuilder } from "@ottla/streams";

const texts = { key: serdes.string, value: serdes.string };
const b = new StreamsBuilder();
const stream = b.stream("in", texts);
(isMainThread ? stream : stream.filter(() => true)).to("out");

export default b.build();
