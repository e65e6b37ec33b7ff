export { documentOf } from "./document-of.ts";
export { PRESETS, type PresetName, type TunedRole } from "./preset.ts";
export { type Comparison, compareRuns } from "./compare-runs.ts";
export { type TunedConsumer, tuneConsumer } from "./tune-consumer.ts";
export { type Tuned, type TunedSetting, tuneDefaults, tuneDocument } from "./tune.ts";
