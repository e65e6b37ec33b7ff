import { RegistryError } from "../registry-error.ts";
import type { RegistryRecord } from "./registry-record.ts";
import { settingPlace } from "./registry-settings.ts";
import type { RegistryState } from "./registry-state.ts";
import { parseSubjectName } from "./subject-name.ts";

/**
 * Takes away what is said for a context. Its ids stay given away.
 * @param written with its dot (`.team`), as contexts are listed, or without
 * @throws RegistryError `REGISTRY_CONTEXT_NOT_EMPTY`, also for subjects that are deleted softly only; `REGISTRY_INVALID_SUBJECT`
 */
export function deleteContext(state: RegistryState, written: string): readonly RegistryRecord[] {
  const context = written.startsWith(".") ? written : `.${written}`;
  if (/[:\p{Cc}]/u.test(context) || context.startsWith(".__"))
    throw new RegistryError("REGISTRY_INVALID_SUBJECT", `"${written.slice(0, 100)}" is no context that can be deleted.`);
  const subject = [...state.subjects()].find((each) => parseSubjectName(each).context === context);
  if (subject !== undefined) {
    const message = `The context "${context}" has the subject "${subject}"; delete its subjects for ever first.`;
    throw new RegistryError("REGISTRY_CONTEXT_NOT_EMPTY", message);
  }
  const place = settingPlace(`:${context}:`);
  return [
    ...(state.ownConfig(place) === undefined ? [] : [{ type: "CONFIG", subject: place, value: null } as const]),
    ...(state.ownMode(place) === undefined ? [] : [{ type: "MODE", subject: place, value: null } as const]),
  ];
}
