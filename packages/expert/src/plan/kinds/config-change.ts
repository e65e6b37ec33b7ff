import type { ChangeRules } from "../change-rules.ts";
import type { ConfigChange, ConfigTarget } from "../cluster-change.ts";
import { kafkaTool } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";
import { riskOfSetting } from "./config-risk.ts";

export const configRules: ChangeRules<ConfigChange, ObservedOf["config"]> = {
  subject: ({ target }) => targetName(target),
  sentence: ({ target, settings }) => `${capital(listed(Object.entries(settings).map(settingText)))} for ${targetText(target)}.`,
  risk: ({ settings }, before) => {
    const reasons = Object.entries(settings).flatMap(([name, value]) => riskOfSetting(name, value, before?.effective[name]) ?? []);
    return reasons.length === 0 ? { class: "low" } : { class: "high", why: [...new Set(reasons)].join(" ") };
  },
  kafka: ({ target, settings }, tools) => {
    const set = Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== null);
    const unset = Object.entries(settings).filter(([, value]) => value === null);
    const words = ["--alter", ...entityWords(target)];
    if (set.length > 0) words.push("--add-config", set.map(([name, value]) => `${name}=${bracketed(value)}`).join(","));
    if (unset.length > 0) words.push("--delete-config", unset.map(([name]) => name).join(","));
    return [kafkaTool("kafka-configs", tools, words)];
  },
  ottla: ({ target, settings }) => {
    const set = Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
    const unset = Object.entries(settings).flatMap(([name, value]) => (value === null ? [name] : []));
    return [
      ...(set.length > 0 ? [["configs", "set", ...ottlaTarget(target), ...set]] : []),
      ...(unset.length > 0 ? [["configs", "unset", ...ottlaTarget(target), ...unset]] : []),
    ];
  },
  inverse: ({ target, settings }, before) => {
    const old = Object.fromEntries(Object.keys(settings).map((name) => [name, before.settings[name] ?? null]));
    return [{ kind: "config", target, settings: old }];
  },
  doneWhen: () => "the broker shows these values",
  isDone: ({ settings }, now) => Object.entries(settings).every(([name, value]) => (now.settings[name] ?? null) === value),
};

function settingText([name, value]: readonly [string, string | null]): string {
  return value === null ? `take ${name} away` : `set ${name}=${value}`;
}

/** Whose settings, in words. */
function targetText(target: ConfigTarget): string {
  if (target.type === "brokers") return "all brokers";
  return target.type === "broker" ? `broker ${target.nodeId}` : `${target.type} ${target.name}`;
}

function targetName(target: ConfigTarget): string {
  if (target.type === "brokers") return "brokers";
  return target.type === "broker" ? `broker ${target.nodeId}` : target.name;
}

function entityWords(target: ConfigTarget): readonly string[] {
  if (target.type === "brokers") return ["--entity-type", "brokers", "--entity-default"];
  if (target.type === "broker") return ["--entity-type", "brokers", "--entity-name", String(target.nodeId)];
  return ["--entity-type", `${target.type}s`, "--entity-name", target.name];
}

function ottlaTarget(target: ConfigTarget): readonly string[] {
  if (target.type === "brokers") return ["brokers"];
  return target.type === "broker" ? ["broker", String(target.nodeId)] : [target.type, target.name];
}

/** Kafka's tool takes a list as one value in brackets only. */
function bracketed(value: string): string {
  return value.includes(",") ? `[${value}]` : value;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
