import type { SeededRandom } from "@ottla/base/simulated";
import type { Api } from "@ottla/protocol";
import type { Answer, VersionRanges } from "./cluster-link.ts";
import type { Pair } from "./pair.ts";
import type { ScriptModel, TopicModel } from "./script-model.ts";

/** What of an API decides the versions that may be asked. */
type VersionedApi = Pick<Api<unknown, unknown>, "key" | "minVersion" | "maxVersion">;

/** What a step has at hand: the two clusters, what is known of them, and its own randomness. */
export class ScriptContext {
  readonly pair: Pair;
  readonly model: ScriptModel;
  readonly random: SeededRandom;
  readonly #ranges: VersionRanges;

  constructor(pair: Pair, model: ScriptModel, random: SeededRandom, ranges: VersionRanges) {
    this.pair = pair;
    this.model = model;
    this.random = random;
    this.#ranges = ranges;
  }

  /** Any version, from `from` to `to`, that both clusters and the codec take. */
  version(api: VersionedApi, from = 0, to = 1000): number {
    const range = this.#ranges.get(api.key);
    const min = Math.max(from, api.minVersion, range?.minVersion ?? 0);
    const max = Math.min(to, api.maxVersion, range?.maxVersion ?? 0);
    return min + this.random.nextInt(Math.max(1, max - min + 1));
  }

  ask<Request, Response>(api: Api<Request, Response>, version: number, request: Request, connection?: string): Promise<Answer<Response>> {
    return this.pair.ask(api, version, request, connection);
  }

  /** A name of this script's own. */
  named(name: string): string {
    return `${this.model.prefix}${name}`;
  }

  /** `usual` mostly, one of `odd` now and then. */
  mostly<Value>(usual: Value, odd: readonly Value[], oddness = 0.12): Value {
    return this.random.chance(oddness) ? this.random.pick(odd) : usual;
  }

  /** The name of a topic that is there, seldom one that is not. */
  topicName(): string {
    return this.topic()?.name ?? this.random.pick([this.named("nowhere"), this.named("t7"), "", "bad name!", "x".repeat(250)]);
  }

  topic(): TopicModel | undefined {
    const topics = [...this.model.topics.values()];
    return topics.length === 0 || this.random.chance(0.06) ? undefined : this.random.pick(topics);
  }

  partitionOf(topic: TopicModel | undefined): number {
    return this.mostly(this.random.nextInt(topic?.partitions ?? 1), [-1, 7, topic?.partitions ?? 1, 2 ** 31 - 1], 0.06);
  }
}
