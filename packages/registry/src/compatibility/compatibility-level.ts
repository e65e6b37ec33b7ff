/** How a new schema must fit those before it; `_TRANSITIVE` asks it of all versions, the others of the latest only. */
export const compatibilityLevels = [
  "NONE",
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
] as const;

/** One of {@link compatibilityLevels}. */
export type CompatibilityLevel = (typeof compatibilityLevels)[number];

/** Whether a text is a level, in any case of letters. */
export function parseCompatibilityLevel(text: string): CompatibilityLevel | undefined {
  return compatibilityLevels.find((level) => level === text.toUpperCase());
}

/** `backward`: the new schema reads what the old one wrote. `forward`: the old schema reads what the new one writes. */
export type Direction = "backward" | "forward";

/** The directions that a level asks for. */
export function directionsOf(level: CompatibilityLevel): readonly Direction[] {
  if (level === "NONE") return [];
  if (level.startsWith("BACKWARD")) return ["backward"];
  return level.startsWith("FORWARD") ? ["forward"] : ["backward", "forward"];
}

/** Whether a level asks of all versions. */
export function isTransitive(level: CompatibilityLevel): boolean {
  return level.endsWith("_TRANSITIVE");
}
