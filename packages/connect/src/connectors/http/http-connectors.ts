export { httpSink } from "./sink/http-sink.ts";
export { httpSource } from "./source/http-source.ts";
