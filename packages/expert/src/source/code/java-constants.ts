import { scopesOf } from "../../catalogue/settings-catalogue.ts";

/** Constants whose names do not follow from the key's. */
const ODD: Readonly<Record<string, string>> = {
  METADATA_MAX_AGE_CONFIG: "metadata.max.age.ms",
  SEND_BUFFER_CONFIG: "send.buffer.bytes",
  RECEIVE_BUFFER_CONFIG: "receive.buffer.bytes",
  MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION: "max.in.flight.requests.per.connection",
  EXACTLY_ONCE_V2: "exactly_once_v2",
  EXACTLY_ONCE_BETA: "exactly_once_beta",
  EXACTLY_ONCE: "exactly_once",
  AT_LEAST_ONCE: "at_least_once",
  CACHE_MAX_BYTES_BUFFERING_CONFIG: "cache.max.bytes.buffering",
  SCHEMA_REGISTRY_URL_CONFIG: "schema.registry.url",
  SPECIFIC_AVRO_READER_CONFIG: "specific.avro.reader",
  TRUSTED_PACKAGES: "spring.json.trusted.packages",
};

/** What a constant of Kafka's classes stands for, by its name: `ProducerConfig.ACKS_CONFIG` is `acks`. */
export function keyOfConstant(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (Object.hasOwn(ODD, name)) return ODD[name];
  if (!/^[A-Z][A-Z\d]*(_[A-Z\d]+)*$/.test(name) || (!name.endsWith("_CONFIG") && !/Config(s)?\./.test(path))) return undefined;
  for (const text of [name.replace(/_CONFIG$/, ""), name]) {
    const key = text.toLowerCase().replaceAll("_", ".");
    for (const candidate of [
      key,
      key.replace(/\.class$/, ""),
      `${key}.ms`,
      `${key}.bytes`,
      `${key}.classes`,
      key.replace(/\.classes$/, ""),
    ])
      if (scopesOf(candidate).length > 0) return candidate;
  }
  return undefined;
}
