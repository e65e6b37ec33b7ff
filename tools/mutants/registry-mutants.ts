import type { Mutant } from "./mutant.ts";

const registry = ["registry/src/subjects", "registry/src/service", "registry/src/storage"];
const api = ["registry/src/api/led-api", "registry/src/api/request-access"];
const guard = ["broker/src/schemas"];
const commands = ["cli/src/commands/schemas/export"];

/** Faults in the registry, in the broker's guard and in the commands: what is given away once, who may do what, which version a value is of. */
export const registryMutants: readonly Mutant[] = [
  {
    rule: "the highest id outlives the version that had it",
    file: "packages/registry/src/subjects/delete-schemas.ts",
    find: "  if (!gone.some(({ id }) => id === highest)) return [];\n",
    replace: "  if (gone.length > 0) return [];\n",
    tests: registry,
  },
  {
    rule: "one version cannot be deleted in mode READONLY",
    file: "packages/registry/src/subjects/delete-schemas.ts",
    find: "  requireWritable(state, subject);\n  const found",
    replace: "  const found",
    tests: registry,
  },
  {
    rule: "the mode around a subject holds where it has none, and READONLY_OVERRIDE whatever it has",
    file: "packages/registry/src/subjects/registry-state.ts",
    find: '    if (around.includes("READONLY_OVERRIDE")) return "READONLY_OVERRIDE";\n',
    replace: "",
    tests: registry,
  },
  {
    rule: "IMPORT is not entered where softly deleted versions have ids",
    file: "packages/registry/src/subjects/registry-settings.ts",
    find: "state.versions(place).length > 0",
    replace: "state.liveVersions(place).length > 0",
    tests: registry,
  },
  {
    rule: "a softly deleted version is not written over by another schema",
    file: "packages/registry/src/subjects/register-schema.ts",
    find: "  if (taken !== undefined && schemaIdentity(taken) !== identity) {",
    replace: "  if (taken !== undefined && !taken.isDeleted) {",
    tests: registry,
  },
  {
    rule: "what a config overrides goes before what a request says",
    file: "packages/registry/src/subjects/register-schema.ts",
    find: "merged(merged(config.defaultMetadata, request.metadata), config.overrideMetadata)",
    replace: "merged(merged(config.defaultMetadata, config.overrideMetadata), request.metadata)",
    tests: registry,
  },
  {
    rule: "whoever could not append claims again before anything else",
    file: "packages/registry/src/service/registry.ts",
    find: "      // Whatever it was: what comes next begins with a claim.\n      this.#own = undefined;\n",
    replace: "",
    tests: registry,
  },
  {
    rule: "a deletion whose answer was lost is not carried out a second time",
    file: "packages/registry/src/api/led-api.ts",
    find: '        if (isForwarded && request.method === "DELETE") return refusal(lost());\n',
    replace: "",
    tests: api,
  },
  {
    rule: "what was forwarded is known here before it is answered",
    file: "packages/registry/src/api/led-api.ts",
    find: "      await registry.readUpTo(offset, READ_BACK_MS);\n",
    replace: "",
    tests: api,
  },
  {
    rule: "deleting for ever needs the right admin",
    file: "packages/registry/src/api/request-access.ts",
    find: '{ action: flag(context, "permanent") ? "admin" : "write", subject }',
    replace: '{ action: "write", subject }',
    tests: api,
  },
  {
    rule: "who may write to an alias may not so write to what it means",
    file: "packages/registry/src/api/request-access.ts",
    find: '  return alias === undefined || alias === "" ? [name] : [name, writeSubjectName(parseSubjectName(alias))];',
    replace: '  return alias === "" ? [name, alias] : [name];',
    tests: api,
  },
  {
    rule: "an alias that is set while a registration waits gives no rights",
    file: "packages/registry/src/api/version-routes.ts",
    find: '      permittedTarget(context, "write", now, request.subject);\n',
    replace: "",
    tests: api,
  },
  {
    rule: "other forms of a key go before the key that is written",
    file: "packages/registry/src/storage/topic-codec.ts",
    find: "    if (isGone) forms.delete(form);\n    else if (forms.size",
    replace: "    if (forms.size",
    tests: registry,
  },
  {
    rule: "the guard counts a deleted subject's last version as deleted",
    file: "packages/broker/src/schemas/schema-index.ts",
    find: "if (version <= upTo && !isDeleted) this.#put",
    replace: "if (version < upTo && !isDeleted) this.#put",
    tests: guard,
  },
  {
    rule: "a header has nothing behind its schema's id",
    file: "packages/broker/src/schemas/schema-rule.ts",
    find: "  return header.length === ID_BYTES || header.length === GUID_BYTES ? markAt(bytes, header, header.length) : undefined;",
    replace: "  return markAt(bytes, header, header.length);",
    tests: guard,
  },
  {
    rule: "the guard reads on before it says that it knows",
    file: "packages/broker/src/schemas/registered-schemas.ts",
    find: "    return reading.nextOffset >= (partition?.log.logEndOffset ?? 0) && !this.#isUnreadable() ? reading.index : undefined;",
    replace: "    return this.#isUnreadable() ? undefined : reading.index;",
    tests: guard,
  },
  {
    rule: "the guard begins anew with a topic that was made anew",
    file: "packages/broker/src/schemas/registered-schemas.ts",
    find: "    if (this.#reading === undefined || this.#reading.partition !== partition) {",
    replace: "    if (this.#reading === undefined) {",
    tests: guard,
  },
  {
    rule: "a prefix that is counted goes on being counted",
    file: "packages/broker/src/schemas/schema-index.ts",
    find: "    for (const [prefix, uses] of this.#byPrefix) if (name.startsWith(prefix)) count(uses, version, by);\n",
    replace: "",
    tests: guard,
  },
  {
    rule: "an import that fails puts modes back",
    file: "packages/cli/src/commands/schemas/export/import-schemas.ts",
    find: "    await restoreModes(new RegistryCalls(registry.connection.withoutSignal()), modes);\n",
    replace: "",
    tests: commands,
  },
  {
    rule: "what a registry has under the same id must be the same schema",
    file: "packages/cli/src/commands/schemas/export/import-plan.ts",
    find: "if (used !== undefined && !isSame(used, exported))",
    replace: "if (used === undefined && !isSame(exported, exported))",
    tests: commands,
  },
  {
    rule: "each version is imported behind what it refers to",
    file: "packages/cli/src/commands/schemas/export/import-plan.ts",
    find: "      if (waiting.length > 0) stack.push(...waiting);\n      else {",
    replace: "      {",
    tests: commands,
  },
];
