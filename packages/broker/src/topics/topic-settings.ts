import type { LogConfig } from "@ottla/log";
import type { EffectiveConfig } from "../config/effective-config.ts";
import { logConfigOf, topicLimitsOf } from "../config/topic-settings.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import type { TopicLimits } from "../produce/topic-limits.ts";

/** Topics' settings, typed and ready for the hot path. Derived from the configuration and forgotten when that changes. */
export class TopicSettings {
  readonly #config: EffectiveConfig;
  readonly #limits = new Map<string, TopicLimits>();
  readonly #logConfigs = new Map<string, LogConfig>();

  constructor(config: EffectiveConfig) {
    this.#config = config;
  }

  limits(topic: string): TopicLimits {
    const known = this.#limits.get(topic);
    if (known) return known;
    const limits = topicLimitsOf(this.#config, topic);
    this.#limits.set(topic, limits);
    return limits;
  }

  /** One object for all partitions of a topic. */
  logConfig(topic: string): LogConfig {
    const known = this.#logConfigs.get(topic);
    if (known) return known;
    const config = logConfigOf(this.#config, topic);
    this.#logConfigs.set(topic, config);
    return config;
  }

  /** Follows one change of metadata. */
  follow(record: MetadataRecord): void {
    if (record.kind === "topic") this.#forget(record.name);
    else if (record.kind === "configs") this.#forget(record.resource === "topic" ? record.name : undefined);
  }

  #forget(topic: string | undefined): void {
    if (topic === undefined) {
      this.#limits.clear();
      this.#logConfigs.clear();
    } else {
      this.#limits.delete(topic);
      this.#logConfigs.delete(topic);
    }
  }
}
