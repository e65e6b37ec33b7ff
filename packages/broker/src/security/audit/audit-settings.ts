import { type AuditFileSettings, OttlaError } from "@ottla/base";
import type { EffectiveConfig } from "../../config/effective-config.ts";
import { topicNameFault } from "../../metadata/topic-name.ts";

/** Where events go, and which. */
export interface AuditSettings {
  /** Undefined: to no file. */
  readonly file: AuditFileSettings | undefined;
  /** Undefined: to no topic. */
  readonly topic: string | undefined;
  /** Allowed uses of data: one in so many is looked at beside the first; 0: none. */
  readonly sampleOneIn: number;
  /** For how long repeats are counted before they are told. */
  readonly windowMs: number;
  /** Events that may wait for each place they go to. */
  readonly queueMax: number;
}

/** What the configuration says; undefined where nothing is audited. Throws `INVALID_CONFIG`. */
export function auditSettings(config: Pick<EffectiveConfig, "string" | "number">): AuditSettings | undefined {
  const path = (config.string("ottla.audit.file") ?? "").trim();
  const topic = (config.string("ottla.audit.topic") ?? "").trim();
  if (path === "" && topic === "") return undefined;
  const fault = topic === "" ? undefined : topicNameFault(topic);
  if (fault !== undefined) throw new OttlaError("INVALID_CONFIG", `ottla.audit.topic is ${topic.slice(0, 300)}: ${fault}`);
  return {
    file:
      path === ""
        ? undefined
        : { path, maxBytes: config.number("ottla.audit.file.max.bytes"), keptFiles: config.number("ottla.audit.file.max.files") },
    topic: topic === "" ? undefined : topic,
    sampleOneIn: config.number("ottla.audit.data.sample.one.in"),
    windowMs: config.number("ottla.audit.window.ms"),
    queueMax: config.number("ottla.audit.queue.max.events"),
  };
}
