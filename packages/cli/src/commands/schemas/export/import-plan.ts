import { isDeepStrictEqual } from "node:util";
import { OttlaError } from "@ottla/base";
import type { RegistryCalls } from "../../../registry/registry-calls.ts";
import type { SchemaContent } from "../../../registry/registered-schema.ts";
import type { ExportedVersion } from "./manifest.ts";

/** What an import does, in its order. */
export interface ImportPlan {
  /** Each after all that it refers to, and of a subject in the order of versions. */
  readonly missing: readonly ExportedVersion[];
  readonly present: readonly ExportedVersion[];
  /** There, and live, though the export has them softly deleted: an import ended before it deleted them. */
  readonly undeleted: readonly ExportedVersion[];
  /** Why it cannot be done; then nothing is. */
  readonly conflicts: readonly string[];
}

/** Compares an export with what a registry has. Reads only. */
export async function planImport(registry: RegistryCalls, versions: readonly ExportedVersion[], signal: AbortSignal): Promise<ImportPlan> {
  const [missing, present, undeleted] = [[] as ExportedVersion[], [] as ExportedVersion[], [] as ExportedVersion[]];
  const conflicts: string[] = [];
  const checkedIds = new Set<string>();
  for (const exported of inOrder(versions)) {
    signal.throwIfAborted();
    const { subject, version, id } = exported;
    const there = await registry.findVersion(subject, version, true);
    if (there !== undefined) {
      if (isSame(there, exported) && there.id === id) {
        const isLive = !exported.isDeleted || (await registry.findVersion(subject, version, false)) !== undefined;
        (exported.isDeleted && isLive ? undeleted : present).push(exported);
      } else conflicts.push(`${subject} version ${version} is another schema there, id ${there.id} in place of ${id}`);
      continue;
    }
    missing.push(exported);
    const place = `${contextOf(subject)} ${id}`;
    if (checkedIds.has(place)) continue;
    checkedIds.add(place);
    const used = await registry.findById(id, subject);
    if (used !== undefined && !isSame(used, exported))
      conflicts.push(`the id ${id} of ${subject} version ${version} means another schema there`);
  }
  return { missing, present, undeleted, conflicts };
}

function isSame(there: SchemaContent, exported: SchemaContent): boolean {
  const extras = ({ references, metadata, ruleSet }: SchemaContent): unknown => [references, metadata ?? null, ruleSet ?? null];
  return there.schemaType === exported.schemaType && there.schema === exported.schema && isDeepStrictEqual(extras(there), extras(exported));
}

function contextOf(subject: string): string {
  return /^:\.[^:]*:/.exec(subject)?.[0] ?? "";
}

/** References first; of one subject the lower version. Throws `EXPORT_UNREADABLE` where they go round. */
function inOrder(versions: readonly ExportedVersion[]): readonly ExportedVersion[] {
  const byPlace = new Map(versions.map((each) => [`${each.version} ${each.subject}`, each]));
  const ordered: ExportedVersion[] = [];
  const state = new Map<ExportedVersion, "open" | "done">();
  for (const start of versions.toSorted((a, b) => (a.subject === b.subject ? a.version - b.version : a.subject < b.subject ? -1 : 1))) {
    const stack = [start];
    while (stack.length > 0) {
      const at = stack.at(-1) as ExportedVersion;
      if (state.get(at) === "done") {
        stack.pop();
        continue;
      }
      state.set(at, "open");
      const waiting = at.references
        .map((reference) => byPlace.get(`${reference.version} ${referred(reference.subject, at.subject)}`))
        .filter((each) => each !== undefined && state.get(each) !== "done") as ExportedVersion[];
      if (waiting.some((each) => state.get(each) === "open"))
        throw new OttlaError(
          "EXPORT_UNREADABLE",
          `The references of ${at.subject} version ${at.version} lead back to itself; the manifest is damaged.`,
        );
      if (waiting.length > 0) stack.push(...waiting);
      else {
        state.set(at, "done");
        ordered.push(at);
        stack.pop();
      }
    }
  }
  return ordered;
}

/** A subject without a context means one of the context that refers to it. */
function referred(subject: string, from: string): string {
  return subject.startsWith(":") ? subject : `${contextOf(from)}${subject}`;
}
