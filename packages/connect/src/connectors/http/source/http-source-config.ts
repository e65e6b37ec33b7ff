import { type ConfigValues, int, long, oneOf, str } from "../../../plugin/config-shape.ts";
import { httpAuthorizationConfig } from "../exchange/http-authorization.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;

/** The settings of the HTTP source, by the names that Confluent documents where it has them; those of our own begin with `ottla.`. */
export const httpSourceConfig = {
  url: str().with(high).doc("What is asked. ${offset} stands for where reading goes on, encoded."),
  "topic.name.pattern": str().with(high).doc("The topic of the records."),
  "http.request.method": oneOf("GET", "POST").default("GET").doc("The method of requests."),
  "http.request.headers": str().default("").with(low).doc("Headers of each request: name: value, apart by |."),
  "http.request.parameters": str().default("").doc("Behind the URL: name=value&name=value; ${offset} stands for where reading goes on."),
  "http.request.body": str().default("").with(low).doc("The body of POST; ${offset} stands for where reading goes on, as JSON has texts."),
  "http.offset.mode": oneOf("SIMPLE_INCREMENTING", "CHAINING", "CURSOR_PAGINATION", "LINK", "NONE")
    .default("SIMPLE_INCREMENTING")
    .with(high)
    .doc(
      "Where reading goes on. SIMPLE_INCREMENTING: a number, one more with each record; CHAINING: what a record has at http.offset.json.pointer; CURSOR_PAGINATION: what an answer has at http.next.page.json.pointer; LINK: the answer's header Link with rel=next; NONE: each answer that is another than the last one (ETag, Last-Modified, or its bytes) is read whole.",
    ),
  "http.initial.offset": str().default("").doc("The first ${offset}."),
  "http.offset.json.pointer": str().default("").doc("Of CHAINING: where a record has its place."),
  "http.next.page.json.pointer": str()
    .default("")
    .doc("Of CURSOR_PAGINATION: where an answer has the next cursor; null, empty or absent at the end."),
  "http.response.data.json.pointer": str().default("").doc("Where an answer has its records, a list or one; empty: it is them."),
  "ottla.key.json.pointer": str().default("").doc("Where a record has its key; empty: no key."),
  "ottla.timestamp.json.pointer": str().default("").with(low).doc("Where a record has its time: ISO 8601, or milliseconds since 1970."),
  ...httpAuthorizationConfig,
  "request.interval.ms": long().default(15_000).range(0).with(high).doc("Between two requests where nothing new came."),
  "max.retries": int().default(10).range(0).doc("How often in a row a request is tried again, until the task fails."),
  "retry.backoff.ms": long()
    .default(3000)
    .range(0)
    .doc("The first pause; each further one is twice as long, up to a minute. Retry-After goes before."),
  "http.timeout": int().default(30).range(1).doc("The longest time of a request, in seconds."),
  "ottla.response.max.bytes": int().default(524_288).range(1024).with(low).doc("A larger answer is refused; ask for smaller pages."),
};

/** The settings, typed. */
export type HttpSourceSettings = ConfigValues<typeof httpSourceConfig>;
