import type { Entry } from "./document.ts";
import type { SettingFix } from "./finding.ts";

/** The entries with changes made: a key that is not there comes at the end. */
export function applyFixes(entries: readonly Entry[], fixes: readonly SettingFix[]): readonly Entry[] {
  let changed = entries;
  for (const { key, value } of fixes) {
    if (value === undefined) changed = changed.filter((entry) => entry.key !== key);
    else if (changed.some((entry) => entry.key === key))
      changed = changed.map((entry) => (entry.key === key ? { ...entry, value } : entry));
    else changed = [...changed, { key, value, line: (entries.at(-1)?.line ?? 0) + 1 }];
  }
  return changed;
}
