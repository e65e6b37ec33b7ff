import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Broker settings: purgatory. Facts: Apache Kafka 4.4.0. */
export const purgatoryConfigKeys: readonly ConfigKey[] = [
  configKey(
    "delete.records.purgatory.purge.interval.requests",
    "int",
    "1",
    "After how many requests finished DeleteRecords are swept out of the waiting list.",
    { effect: "none" },
  ),
  configKey(
    "fetch.max.bytes",
    "int",
    "57671680",
    "The most bytes one Fetch answer carries, whatever the client allows; one batch always comes.",
    {
      validator: atLeast(1024),
    },
  ),
  configKey(
    "fetch.purgatory.purge.interval.requests",
    "int",
    "1000",
    "After how many requests finished fetches are swept out of the waiting list.",
    {
      effect: "none",
    },
  ),
  configKey(
    "follower.fetch.last.tiered.offset.enable",
    "boolean",
    "false",
    "Whether an empty follower starts copying from the last tiered offset rather than the log's start.",
    { dynamic: "cluster-wide", effect: "none" },
  ),
  configKey(
    "max.incremental.fetch.session.cache.slots",
    "int",
    "1000",
    "How many incremental fetch sessions the broker holds; beyond that clients send full fetches.",
    { validator: atLeast(0) },
  ),
  configKey(
    "producer.purgatory.purge.interval.requests",
    "int",
    "1000",
    "After how many requests finished produces are swept out of the waiting list.",
    {
      effect: "none",
    },
  ),
];
