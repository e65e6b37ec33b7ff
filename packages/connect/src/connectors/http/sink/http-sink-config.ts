import { bool, type ConfigValues, int, long, oneOf, str } from "../../../plugin/config-shape.ts";
import { httpAuthorizationConfig } from "../exchange/http-authorization.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;

/** The settings of the HTTP sink, by the names that Aiven's connector has, and some of Confluent's; those of our own begin with `ottla.`. */
export const httpSinkConfig = {
  "http.url": str()
    .default("")
    .with(high)
    .doc(
      "Where records go. ${topic}, ${partition}, ${offset}, ${key}, ${key.field} and ${value.field} stand for what the record has, encoded.",
    ),
  "http.api.url": str().default("").with(low).doc("The same by another name."),
  "request.method": oneOf("POST", "PUT", "PATCH")
    .default("POST")
    .with({ validator: { kind: "oneOf", values: ["POST", "PUT", "PATCH"], ignoreCase: true } })
    .doc("The method of requests."),
  "http.headers.content.type": str()
    .optional()
    .doc("Left out: application/json, or text/plain for texts and application/octet-stream for bytes."),
  ...httpAuthorizationConfig,
  "batching.enabled": bool().default(false).doc("Whether several records go in one request."),
  "batch.max.size": int().default(500).range(1, 1_000_000).doc("The most records of a request."),
  "ottla.batch.max.bytes": int()
    .default(1_048_576)
    .range(1)
    .with(low)
    .doc("The most bytes of a request, as far as one record is not larger."),
  "batch.prefix": str()
    .optional()
    .doc("Before the records of a request; left out, with batch.suffix and batch.separator: they are a list of JSON."),
  "batch.suffix": str().optional().doc("Behind them."),
  "batch.separator": str().optional().doc("Between them."),
  "behavior.on.null.values": oneOf("ignore", "delete", "fail")
    .default("ignore")
    .doc("Of records without a value; delete: a request DELETE to their URL."),
  "decimal.format": oneOf("NUMERIC", "BASE64").default("NUMERIC").with(low).doc("How a Decimal stands in JSON."),
  "max.retries": int()
    .default(10)
    .range(0)
    .doc(
      "How often a record is sent again whose answer may be its own fault (500). A server that is away, or says that it is (429, 502, 503, 504), is tried without an end.",
    ),
  "retry.backoff.ms": long()
    .default(3000)
    .range(0)
    .doc("The first pause; each further one is twice as long, up to a minute. Retry-After goes before."),
  "retry.on.status.codes": str()
    .default("408,425,429,500-")
    .doc("Statuses that may be others later: numbers and ranges, apart by commas; 500- is 500 and above."),
  "http.timeout": int().default(30).range(1).doc("The longest time of a request, in seconds."),
  "ottla.max.in.flight": int()
    .default(1)
    .range(1, 256)
    .doc("Requests at once. Records of one key go one behind the other in any case; 1: all of a task's."),
};

/** The settings, typed. */
export type HttpSinkSettings = ConfigValues<typeof httpSinkConfig>;
