import type { SettingScope } from "../catalogue/settings-catalogue.ts";

/** What somebody wants most. */
export type PresetName = "throughput" | "latency" | "durability" | "exactly-once" | "balanced";

/** All there are, in the order in which they are told. */
export const PRESETS: readonly PresetName[] = ["throughput", "latency", "durability", "exactly-once", "balanced"];

/** Whom a preset has something to say to. */
export type TunedRole = Extract<SettingScope, "producer" | "consumer" | "streams" | "topic" | "broker">;

/** What counts as good already: values, or bounds. */
export type Wanted = { readonly oneOf: readonly string[] } | { readonly min?: number; readonly max?: number };

/** One setting of a preset. */
export interface PresetSetting {
  readonly role: TunedRole;
  readonly key: string;
  /** What it becomes where it is not good already. */
  readonly to: string;
  readonly wanted: Wanted;
  readonly reason: string;
  /** What it costs: nothing is free. */
  readonly cost: string;
}
