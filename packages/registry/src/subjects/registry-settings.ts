import { RegistryError } from "../registry-error.ts";
import type { RegistryMode, RegistryRecord, SubjectConfig } from "./registry-record.ts";
import type { RegistryState } from "./registry-state.ts";
import { DEFAULT_CONTEXT, parseSubjectName, requireContextName, requireSubjectName, writeSubjectName } from "./subject-name.ts";

/**
 * The place of a setting: a subject, a context (`:.context:`), what is global (`:.__GLOBAL:`), or null for the default context.
 * @throws RegistryError `REGISTRY_INVALID_SUBJECT`
 */
export function settingPlace(written: string | null): string | null {
  if (written === null) return null;
  const { context, subject } = parseSubjectName(written);
  if (written.startsWith(":") && subject === "") {
    if (context === DEFAULT_CONTEXT) return null;
    requireContextName(context);
    return `:${context}:`;
  }
  return writeSubjectName(requireSubjectName(written));
}

/** Sets what a place says; parts that are undefined stay as they are. */
export function setConfig(
  state: RegistryState,
  written: string | null,
  change: SubjectConfig,
): { records: readonly RegistryRecord[]; config: SubjectConfig } {
  const subject = settingPlace(written);
  const config = { ...state.ownConfig(subject), ...change };
  return { records: [{ type: "CONFIG", subject, value: config }], config };
}

/**
 * Takes away what a place says.
 * @throws RegistryError `REGISTRY_NO_SUBJECT_COMPATIBILITY` when a subject says nothing
 */
export function deleteConfig(state: RegistryState, written: string | null): { records: readonly RegistryRecord[]; config: SubjectConfig } {
  const subject = settingPlace(written);
  const config = state.ownConfig(subject);
  if (config === undefined) {
    if (subject === null) return { records: [], config: {} };
    throw new RegistryError("REGISTRY_NO_SUBJECT_COMPATIBILITY", `The subject "${subject}" has no config of its own.`);
  }
  return { records: [{ type: "CONFIG", subject, value: null }], config };
}

/**
 * Sets a place's mode.
 * @param force whether IMPORT may be entered although there are schemas
 * @throws RegistryError `REGISTRY_NOT_PERMITTED`
 */
export function setMode(state: RegistryState, written: string | null, mode: RegistryMode, force: boolean): readonly RegistryRecord[] {
  const subject = settingPlace(written);
  if (mode === "IMPORT" && !force) requireEmpty(state, subject);
  return [{ type: "MODE", subject, value: mode }];
}

/**
 * Takes a place's mode away.
 * @param recursive whether those of all subjects of a context go as well
 * @throws RegistryError `REGISTRY_NO_SUBJECT_MODE` when a subject has none
 */
export function deleteMode(
  state: RegistryState,
  written: string | null,
  recursive = false,
): { records: readonly RegistryRecord[]; mode: RegistryMode } {
  const subject = settingPlace(written);
  const mode = state.ownMode(subject);
  const inside = recursive ? modesInside(state, subject) : [];
  if (mode === undefined) {
    if (subject === null || inside.length > 0) return { records: inside, mode: "READWRITE" };
    throw new RegistryError("REGISTRY_NO_SUBJECT_MODE", `The subject "${subject}" has no mode of its own.`);
  }
  return { records: [{ type: "MODE", subject, value: null }, ...inside], mode };
}

/** Of the subjects of a context. */
function modesInside(state: RegistryState, place: string | null): readonly RegistryRecord[] {
  const around = parseSubjectName(place ?? "");
  if (around.subject !== "") return [];
  return state.modePlaces().flatMap((each) => {
    if (each === null || each === place) return [];
    const { context, subject } = parseSubjectName(each);
    return subject !== "" && context === around.context ? [{ type: "MODE", subject: each, value: null } as const] : [];
  });
}

/** Ids that an import brings must not meet others: with none there before, none can. */
function requireEmpty(state: RegistryState, place: string | null): void {
  const name = place === null ? undefined : parseSubjectName(place);
  const isContext = place === null || (place.startsWith(":") && name?.subject === "");
  const found = isContext
    ? [...state.subjects()].find((each) => parseSubjectName(each).context === (name?.context ?? DEFAULT_CONTEXT))
    : state.versions(place).length > 0
      ? place
      : undefined;
  if (found === undefined) return;
  const message = `Mode IMPORT needs an empty place, and the subject "${found}" has schemas; delete them for ever first, or set the mode with force=true.`;
  throw new RegistryError("REGISTRY_NOT_PERMITTED", message);
}
