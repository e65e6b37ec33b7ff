import { findSetting, type KafkaVersion } from "../catalogue/settings-catalogue.ts";
import type { SettingsDocument } from "../lint/document.ts";
import { Settings } from "../lint/settings.ts";
import type { PresetName, PresetSetting, TunedRole, Wanted } from "./preset.ts";
import { presets } from "./presets.ts";

/** A setting that a preset changes. */
export interface TunedSetting {
  readonly role: TunedRole;
  readonly key: string;
  /** What holds now: given, else the default of the version; undefined where there is none. */
  readonly from: string | undefined;
  readonly isDefault: boolean;
  readonly to: string;
  readonly reason: string;
  readonly cost: string;
}

/** What a preset makes of settings. */
export interface Tuned {
  readonly preset: PresetName | "consumer";
  readonly changes: readonly TunedSetting[];
  /** Keys that are as the preset wants them already. */
  readonly kept: readonly string[];
  /** Keys that a template fills in: nothing is known of them. */
  readonly unknown: readonly string[];
}

/** What a preset changes in a file. What is good already stays, whatever its value; so does what the preset says nothing of. */
export function tuneDocument(preset: PresetName, document: SettingsDocument, version: KafkaVersion): Tuned {
  const roles = rolesOf(document);
  return tune(preset, roles, new Settings(document, version), version);
}

/** What a preset changes in the defaults of a version, for each role. */
export function tuneDefaults(preset: PresetName, roles: readonly TunedRole[], version: KafkaVersion): Tuned {
  return tune(preset, roles, new Settings({ file: "", part: undefined, kind: "client", entries: [] }, version), version);
}

/** Whom a file's settings are for: one that clients share is for producers and consumers, each by the keys that it has. */
function rolesOf({ kind, entries }: SettingsDocument): readonly TunedRole[] {
  if (kind === "producer" || kind === "consumer" || kind === "streams" || kind === "broker" || kind === "topic") return [kind];
  if (kind !== "client") return [];
  const isProducer = entries.some(({ key }) => ["acks", "linger.ms", "batch.size", "key.serializer", "enable.idempotence"].includes(key));
  const isConsumer = entries.some(({ key }) => ["group.id", "auto.offset.reset", "key.deserializer", "enable.auto.commit"].includes(key));
  return isProducer === isConsumer ? ["producer", "consumer"] : isProducer ? ["producer"] : ["consumer"];
}

function tune(preset: PresetName, roles: readonly TunedRole[], settings: Settings, version: KafkaVersion): Tuned {
  const changes: TunedSetting[] = [];
  const kept: string[] = [];
  const unknown: string[] = [];
  for (const wish of presets[preset]) {
    const known = findSetting(wish.role, wish.key, version);
    if (!roles.includes(wish.role) || !known) continue;
    const isGiven = settings.has(wish.key);
    const given = settings.given(wish.key);
    if (isGiven && given === undefined && wish.key !== "transactional.id") {
      unknown.push(wish.key);
      continue;
    }
    // A transactional id is each service's own: one that is there is right, also where a template fills it in.
    const isGood = wish.key === "transactional.id" ? isGiven : meets(given ?? known.default ?? undefined, wish.wanted);
    if (isGood) kept.push(wish.key);
    else changes.push(changeOf(wish, given ?? known.default ?? undefined, !isGiven));
  }
  return { preset, changes, kept, unknown };
}

function changeOf({ role, key, to, reason, cost }: PresetSetting, from: string | undefined, isDefault: boolean): TunedSetting {
  return { role, key, from, isDefault, to, reason, cost };
}

function meets(value: string | undefined, wanted: Wanted): boolean {
  if (value === undefined) return false;
  if ("oneOf" in wanted) return wanted.oneOf.includes(value.toLowerCase());
  const number = Number(value);
  return value.trim() !== "" && number >= (wanted.min ?? Number.NEGATIVE_INFINITY) && number <= (wanted.max ?? Number.POSITIVE_INFINITY);
}
