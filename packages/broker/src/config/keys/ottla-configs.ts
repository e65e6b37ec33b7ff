import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Read before the broker is there: the disk it stands on needs it. */
export const DEFAULT_MEMORY_MAX_BYTES = "1073741824";

/** Broker settings that Ottla adds; every name starts with `ottla.`. */
export const ottlaConfigKeys: readonly ConfigKey[] = [
  configKey(
    "ottla.client.memory.bytes",
    "long",
    "201326592",
    "The most memory that the broker holds on behalf of all clients together: requests that come in or wait, answers not yet taken. Who asks for more is not read, or is closed.",
    { validator: atLeast(1024 * 1024), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.fetch.response.max.bytes",
    "int",
    "16777216",
    "The most bytes of records that one Fetch answer holds in memory, below fetch.max.bytes; one batch always comes.",
    { validator: atLeast(1024), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.memory.max.bytes",
    "long",
    DEFAULT_MEMORY_MAX_BYTES,
    "With everything in memory (`ottla dev --memory`): the most that all files take. Beyond it writing fails as on a full disk, until topics or records are deleted.",
    { validator: atLeast(1024 * 1024), since: "Ottla 0.1" },
  ),
  configKey(
    "ottla.replication.factor.clamp",
    "boolean",
    "false",
    "Whether a topic that asks for more replicas than there are brokers gets as many as there are, and is told so, rather than an error. `ottla dev` switches it on.",
    { since: "Ottla 0.1" },
  ),
];
