/** What a cluster numbers or names by itself, so that two clusters' values are only paired, never equal. */
export type IdKind = "topic" | "member" | "producer" | "cluster" | "node" | "session" | "host" | "port" | "folder";

/** Pairs Kafka's ids with ours, one to one: a pair once seen holds for the rest of the script. */
export class IdMap {
  readonly #ours = new Map<IdKind, Map<unknown, unknown>>();
  readonly #kafkas = new Map<IdKind, Map<unknown, unknown>>();

  /** Whether the two may stand for the same thing; remembers that they do. */
  pair(kind: IdKind, kafka: unknown, ours: unknown): boolean {
    const toOurs = mapOf(this.#ours, kind);
    const toKafka = mapOf(this.#kafkas, kind);
    if (toOurs.has(kafka) || toKafka.has(ours)) return toOurs.get(kafka) === ours && toKafka.get(ours) === kafka;
    toOurs.set(kafka, ours);
    toKafka.set(ours, kafka);
    return true;
  }

  /** Our value for Kafka's; one that was never answered, such as a made-up id, stands for itself. */
  ours<Value>(kind: IdKind, kafka: Value): Value {
    const map = this.#ours.get(kind);
    return map?.has(kafka) === true ? (map.get(kafka) as Value) : kafka;
  }
}

function mapOf(maps: Map<IdKind, Map<unknown, unknown>>, kind: IdKind): Map<unknown, unknown> {
  let map = maps.get(kind);
  if (map === undefined) maps.set(kind, (map = new Map()));
  return map;
}
