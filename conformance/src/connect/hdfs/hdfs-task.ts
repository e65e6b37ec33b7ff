import { silentLogger } from "@ottla/base";
import type { SinkTask } from "@ottla/connect";
import { hdfsSink } from "@ottla/connect/hdfs";
import { configValues } from "../postgres/source-config.ts";

/** A task of the sink with these properties. */
export async function openHdfsTask(properties: Readonly<Record<string, string>>): Promise<SinkTask> {
  return hdfsSink.open(configValues(hdfsSink.config, properties), {
    connector: "lake",
    taskNumber: 0,
    signal: new AbortController().signal,
    log: silentLogger,
    seek: () => {},
  });
}
