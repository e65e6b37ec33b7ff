import type { Entry, SettingsDocument } from "../document.ts";
import type { SettingFix, SettingPlace } from "../finding.ts";
import { TOPIC_FACTOR, TOPIC_NAME, TOPIC_PARTITIONS } from "../topic-entries.ts";

/** What stands beside a topic's settings and is none. */
const NO_SETTINGS: ReadonlySet<string> = new Set([TOPIC_NAME, TOPIC_PARTITIONS, TOPIC_FACTOR]);

/** Changes with the places in the document where they are to be made. */
export function placedFixes(
  fixes: readonly SettingFix[],
  { entries, kind }: SettingsDocument,
  hitKey: string | undefined,
): readonly SettingFix[] {
  return fixes.map((fix) => {
    const own = entries.findLast(({ key }) => key === fix.key);
    if (own) return { ...fix, at: placeOf(own) };
    // Beside the setting that the finding is about, else beside the last that bears Kafka's own name.
    const candidates = entries.filter(({ key }) => kind !== "topic" || !NO_SETTINGS.has(key));
    const near =
      candidates.findLast(({ key }) => key === hitKey) ??
      candidates.findLast(({ key, spelling }) => spelling === undefined || spelling.endsWith(key)) ??
      candidates.at(-1);
    return near ? { ...fix, beside: placeOf(near) } : fix;
  });
}

function placeOf({ key, line, spelling }: Entry): SettingPlace {
  return { key, line, ...(spelling !== undefined && { spelling }) };
}
