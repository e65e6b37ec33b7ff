import { OttlaError, shellWord } from "@ottla/base";
import { type CompatibilityLevelName, RegistryClientError, type SubjectVersion } from "@ottla/serdes";
import { requireRegistry, type SchemaRegistry } from "../services/schema-registry.ts";
import type { ServiceChange, ServiceChangeOf } from "./service-change.ts";
import type { ServiceRules, ServiceRulesTable } from "./service-rules.ts";

/** So many versions are registered again when a deletion is taken back; of a subject with more there is no way back. */
const REGISTERED_AGAIN_MAX = 100;
const JSON_TYPE = "Content-Type: application/vnd.schemaregistry.v1+json";

const registerSchema: ServiceRules<ServiceChangeOf<"registerSchema">> = {
  subject: ({ subject }) => subject,
  sentence: ({ subject, schemaType }, before) =>
    before === null
      ? `Register the first schema of ${subject} (${schemaType}).`
      : `Register a schema of ${subject} (${schemaType}), as the version after ${String(before["latest"])}.`,
  risk: (_change, before) =>
    before === null
      ? { class: "low" }
      : { class: "low", why: "Producers that register by themselves, and all that ask for the latest, use it from then on." },
  commands: ({ subject, ...definition }, { registry }) => [
    curl("POST", `${registry?.url}/subjects/${encodeURIComponent(subject)}/versions`, wire(definition)),
  ],
  look: async ({ subject, ...definition }, services, signal) => {
    const registry = requireRegistry(services.registry);
    const known = await registry.registeredAs(subject, wire(definition));
    if (known !== null) throw new OttlaError("ALREADY_REGISTERED", `This schema is version ${known} of ${subject} already.`);
    const { isCompatible, reasons } = await registry.check(subject, wire(definition));
    if (!isCompatible)
      throw new OttlaError(
        "INCOMPATIBLE",
        `The registry would refuse it: ${reasons.join(" ").slice(0, 4_000) || "it is not compatible with what is there"}`,
      );
    const versions = await versionsOf(registry, subject, signal);
    return versions.length === 0 ? null : { latest: versions.at(-1) };
  },
  carryOut: async ({ subject, ...definition }, before, services, signal) => {
    const { client } = requireRegistry(services.registry);
    await client.register(subject, wire(definition), { signal });
    const { version } = await client.lookup(subject, wire(definition), { signal });
    return [before === null ? { kind: "deleteSubject", subject, permanent: false } : { kind: "deleteSchemaVersion", subject, version }];
  },
};

const deleteSchemaVersion: ServiceRules<ServiceChangeOf<"deleteSchemaVersion">> = {
  subject: ({ subject }) => subject,
  sentence: ({ subject, version }) => `Delete version ${version} of ${subject}; records written with it stay readable.`,
  risk: () => ({ class: "high", why: "New schemas are not compared with it any more. Taken back, it has another version number." }),
  commands: ({ subject, version }, { registry }) => [
    curl("DELETE", `${registry?.url}/subjects/${encodeURIComponent(subject)}/versions/${version}`),
  ],
  look: async ({ subject, version }, services, signal) => {
    const registry = requireRegistry(services.registry);
    const found = await registry.client.version(subject, version, { signal });
    await requireUnreferenced(registry, subject, [version], signal);
    return definitionOf(found);
  },
  carryOut: async ({ subject, version }, before, services, signal) => {
    await requireRegistry(services.registry).client.deleteVersion(subject, version, { signal });
    return before === null ? undefined : [{ kind: "registerSchema", subject, ...(before as unknown as Definition) }];
  },
};

const deleteSubject: ServiceRules<ServiceChangeOf<"deleteSubject">> = {
  subject: ({ subject }) => subject,
  sentence: ({ subject, permanent }, before) => {
    const versions = (before?.["versions"] as readonly number[] | undefined)?.length ?? 0;
    const what = `Delete ${subject} with its ${versions} version${versions === 1 ? "" : "s"}`;
    return permanent ? `${what} for good, ids and all.` : `${what}; records written with them stay readable.`;
  },
  risk: ({ permanent }) =>
    permanent
      ? { class: "high", why: "Nobody can read records any more that were written with its schemas. There is no way back." }
      : { class: "high", why: "Whoever asks for its latest schema is refused. Taken back, its versions have other numbers." },
  commands: ({ subject, permanent }, { registry }) =>
    (permanent ? ["", "?permanent=true"] : [""]).map((query) =>
      curl("DELETE", `${registry?.url}/subjects/${encodeURIComponent(subject)}${query}`),
    ),
  look: async ({ subject }, services, signal) => {
    const registry = requireRegistry(services.registry);
    const versions = await versionsOf(registry, subject, signal);
    if (versions.length === 0 && (await registry.client.versions(subject, { deleted: true, signal })).length === 0) return null;
    await requireUnreferenced(registry, subject, versions, signal);
    const kept = versions.slice(0, REGISTERED_AGAIN_MAX);
    const schemas: Definition[] = [];
    for (const version of kept) schemas.push(definitionOf(await registry.client.version(subject, version, { signal })));
    return { versions, ...(versions.length <= REGISTERED_AGAIN_MAX && { schemas }) };
  },
  carryOut: async ({ subject, permanent }, before, services, signal) => {
    const { client } = requireRegistry(services.registry);
    if ((before?.["versions"] as readonly number[] | undefined)?.length !== 0) await client.deleteSubject(subject, { signal });
    if (permanent) {
      await client.deleteSubject(subject, { permanent: true, signal });
      return undefined;
    }
    const schemas = before?.["schemas"] as readonly Definition[] | undefined;
    return schemas?.map((definition): ServiceChange => ({ kind: "registerSchema", subject, ...definition }));
  },
};

const setCompatibility: ServiceRules<ServiceChangeOf<"setCompatibility">> = {
  subject: ({ subject }) => subject ?? "the registry",
  sentence: ({ subject, level }) =>
    level === null
      ? `Let ${subject ?? "the registry"} have no level of its own any more.`
      : `Ask ${level} of new schemas of ${subject ?? "every subject without a level of its own"}.`,
  risk: ({ level }) =>
    level === "NONE"
      ? { class: "high", why: "Schemas are not compared any more: one that breaks readers is taken." }
      : { class: "low", why: "What is registered already is not looked at again." },
  commands: ({ subject, level }, { registry }) => {
    const url = `${registry?.url}/config${subject === null ? "" : `/${encodeURIComponent(subject)}`}`;
    return [level === null ? curl("DELETE", url) : curl("PUT", url, { compatibility: level })];
  },
  look: async ({ subject }, services) => ({ level: await requireRegistry(services.registry).ownLevel(subject) }),
  carryOut: async ({ subject, level }, before, services, signal) => {
    const { client } = requireRegistry(services.registry);
    const path = `/config${subject === null ? "" : `/${encodeURIComponent(subject)}`}`;
    if (level === null) await client.request({ method: "DELETE", path, signal });
    else await client.setCompatibilityLevel(subject ?? undefined, level, { signal });
    return [{ kind: "setCompatibility", subject, level: (before?.["level"] ?? null) as CompatibilityLevelName | null }];
  },
};

/** Changes of a Schema Registry. */
export const schemaRules: ServiceRulesTable<"registerSchema" | "deleteSchemaVersion" | "deleteSubject" | "setCompatibility"> = {
  registerSchema,
  deleteSchemaVersion,
  deleteSubject,
  setCompatibility,
};

type Definition = Pick<ServiceChangeOf<"registerSchema">, "schemaType" | "schema" | "references">;

function definitionOf({ schemaType, schema, references }: SubjectVersion): Definition {
  return { schemaType, schema, references: references.map(({ name, subject, version }) => ({ name, subject, version })) };
}

function wire({ schemaType, schema, references }: Definition): Definition {
  return { schemaType, schema, references };
}

/** Those that are not deleted; none of a subject that is not there. */
async function versionsOf({ client }: SchemaRegistry, subject: string, signal: AbortSignal): Promise<readonly number[]> {
  try {
    return await client.versions(subject, { signal });
  } catch (error) {
    if (error instanceof RegistryClientError && error.isNotFound) return [];
    throw error;
  }
}

/** The registry would refuse it half-way. */
async function requireUnreferenced(
  { client }: SchemaRegistry,
  subject: string,
  versions: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  for (const version of versions.slice(-REGISTERED_AGAIN_MAX)) {
    const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}/referencedby`;
    const ids = (await client.request({ method: "GET", path, signal })) as readonly number[];
    if (ids.length > 0)
      throw new OttlaError(
        "REFERENCED",
        `Version ${version} of ${subject} is used by other schemas (ids ${ids.slice(0, 10).join(", ")}): delete those first.`,
      );
  }
}

/** One call of the registry's API as a line of a shell. */
function curl(method: string, url: string, body?: unknown): string {
  return [
    "curl",
    "-X",
    method,
    ...(body === undefined ? [] : ["-H", shellWord(JSON_TYPE), "-d", shellWord(JSON.stringify(body))]),
    shellWord(url),
  ].join(" ");
}
