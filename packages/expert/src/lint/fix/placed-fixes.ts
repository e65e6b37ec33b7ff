import type { Entry, SettingsDocument } from "../document.ts";
import type { SettingFix, SettingPlace } from "../finding.ts";
import { TOPIC_FACTOR, TOPIC_NAME, TOPIC_PARTITIONS } from "../topic-entries.ts";

/** What stands beside a topic's settings and is none. */
const NO_SETTINGS: ReadonlySet<string> = new Set([TOPIC_NAME, TOPIC_PARTITIONS, TOPIC_FACTOR]);

/** The entries of a document by what is asked of them; made once, as a document can have thousands of findings. */
interface Places {
  /** Of a key that stands twice the last. */
  readonly byKey: ReadonlyMap<string, Entry>;
  /** Beside what a setting can be put: the last that bears Kafka's own name, else the last. */
  readonly last: Entry | undefined;
}

const placesOf = new WeakMap<SettingsDocument, Places>();

function readPlaces(document: SettingsDocument): Places {
  const known = placesOf.get(document);
  if (known) return known;
  const settings = document.entries.filter((entry) => isSetting(document, entry));
  const last = settings.findLast(({ key, spelling }) => spelling === undefined || spelling.endsWith(key)) ?? settings.at(-1);
  const places = { byKey: new Map(document.entries.map((entry) => [entry.key, entry])), last };
  placesOf.set(document, places);
  return places;
}

function isSetting({ kind }: SettingsDocument, { key }: Entry): boolean {
  return kind !== "topic" || !NO_SETTINGS.has(key);
}

/** Changes with the places in the document where they are to be made. */
export function placedFixes(fixes: readonly SettingFix[], document: SettingsDocument, hitKey: string | undefined): readonly SettingFix[] {
  const { byKey, last } = readPlaces(document);
  return fixes.map((fix) => {
    const own = byKey.get(fix.key);
    if (own) return { ...fix, at: placeOf(own) };
    const hit = hitKey === undefined ? undefined : byKey.get(hitKey);
    const near = hit && isSetting(document, hit) ? hit : last;
    return near ? { ...fix, beside: placeOf(near) } : fix;
  });
}

function placeOf({ key, line, spelling }: Entry): SettingPlace {
  return { key, line, ...(spelling !== undefined && { spelling }) };
}
