import { ConnectError } from "../../../connect-error.ts";
import { isPlainObject } from "../../../data/check-value.ts";
import type { MongodbSourceSettings } from "../mongodb-config.ts";

/** A database and a collection; changes of a whole database have no collection. */
export interface Namespace {
  readonly db: string;
  readonly coll?: string | undefined;
}

/** Where changes of a namespace go. @throws ConnectError CONNECT_CONFIG */
export function topicOfNamespace(settings: MongodbSourceSettings): (namespace: Namespace) => string {
  const others = namedTopics(settings["topic.namespace.map"]);
  const { "topic.prefix": prefix, "topic.suffix": suffix, "topic.separator": separator } = settings;
  return ({ db, coll }) => {
    const whole = coll === undefined ? db : `${db}.${coll}`;
    const ofDatabase = others.get(db);
    const named =
      others.get(whole) ??
      (ofDatabase === undefined || coll === undefined ? undefined : [ofDatabase, coll].join(separator)) ??
      others.get("*") ??
      [db, ...(coll === undefined ? [] : [coll])].join(separator);
    return [prefix, named, suffix].filter((part) => part !== "").join(separator);
  };
}

function namedTopics(text: string): ReadonlyMap<string, string> {
  if (text === "") return new Map();
  const fail = (cause?: unknown): ConnectError =>
    new ConnectError(
      "CONNECT_CONFIG",
      'topic.namespace.map is an object of JSON from namespaces to topics: {"shop.orders": "orders", "*": "all"}. Patterns (a name that begins with /) are not known.',
      { cause },
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw fail(error);
  }
  if (!isPlainObject(parsed)) throw fail();
  const topics = Object.entries(parsed);
  if (topics.some(([name, topic]) => name.startsWith("/") || typeof topic !== "string")) throw fail();
  return new Map(topics as [string, string][]);
}
