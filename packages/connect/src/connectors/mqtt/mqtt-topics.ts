import { ConnectError } from "../../connect-error.ts";

/** @throws ConnectError CONNECT_CONFIG where it is no topic filter (MQTT 5, 4.7) */
export function checkFilter(filter: string, key: string): void {
  const levels = filter.split("/");
  const isFilter =
    filter !== "" &&
    Buffer.byteLength(filter) <= 65_535 &&
    !filter.includes("\0") &&
    levels.every((level, i) => level === "+" || (level === "#" && i === levels.length - 1) || !/[+#]/.test(level));
  if (!isFilter)
    throw new ConnectError(
      "CONNECT_CONFIG",
      `${key}: "${filter}" is no topic filter: + stands for a whole level, # for the last ones (a/+/b, a/#).`,
    );
  if (filter.startsWith("$share/"))
    throw new ConnectError("CONNECT_CONFIG", `${key}: name the filter alone and the group in mqtt.shared.group, not "${filter}".`);
}

/** What the wildcards of a filter stand for in a topic; undefined: the filter does not take it. */
function matchFilter(filter: readonly string[], topic: readonly string[]): string[] | undefined {
  const found: string[] = [];
  // Wildcards at the beginning do not stand for the server's own topics.
  if (/^[+#]$/.test(filter[0] ?? "") && topic[0]?.startsWith("$") === true) return undefined;
  for (const [i, level] of filter.entries()) {
    if (level === "#") return [...found, topic.slice(i).join("/")];
    const own = topic[i];
    if (own === undefined || (level !== "+" && level !== own)) return undefined;
    if (level === "+") found.push(own);
  }
  return filter.length === topic.length ? found : undefined;
}

const TOPIC_CHARS_MAX = 249;
/** Topics whose mapping is remembered. */
const REMEMBERED_MAX = 10_000;

/** From a message's topic to the one in Kafka. */
export class TopicMapping {
  readonly #rules: readonly { readonly filter: readonly string[]; readonly topic: string }[];
  readonly #otherwise: string;
  readonly #known = new Map<string, string>();

  /** @throws ConnectError CONNECT_CONFIG */
  constructor(rules: readonly string[], otherwise: string) {
    this.#otherwise = kafkaName(otherwise);
    this.#rules = rules.map((rule) => {
      const at = rule.lastIndexOf("=");
      const [filter, topic] = [rule.slice(0, at), rule.slice(at + 1)];
      if (at < 1 || topic === "") throw new ConnectError("CONNECT_CONFIG", `mqtt.topic.mapping: "${rule}" is not filter=topic.`);
      checkFilter(filter, "mqtt.topic.mapping");
      const levels = filter.split("/");
      const wildcards = levels.filter((level) => level === "+" || level === "#").length;
      for (const [whole, number] of topic.matchAll(/\$(\d+)/g))
        if (Number(number) < 1 || Number(number) > wildcards)
          throw new ConnectError(
            "CONNECT_CONFIG",
            `mqtt.topic.mapping: ${whole} of "${rule}" stands for no wildcard; there are ${wildcards}.`,
          );
      return { filter: levels, topic };
    });
  }

  kafkaTopic(topic: string): string {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const mapped = this.#map(topic);
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(topic, mapped);
    return mapped;
  }

  #map(topic: string): string {
    const levels = topic.split("/");
    for (const rule of this.#rules) {
      const found = matchFilter(rule.filter, levels);
      if (found !== undefined) return kafkaName(rule.topic.replaceAll(/\$(\d+)/g, (_, number: string) => found[Number(number) - 1] ?? ""));
    }
    return this.#otherwise;
  }
}

function kafkaName(text: string): string {
  const name = text
    .replaceAll("/", ".")
    .replaceAll(/[^\w.-]/g, "_")
    .slice(0, TOPIC_CHARS_MAX);
  return /^\.{0,2}$/.test(name) ? "_" : name;
}
