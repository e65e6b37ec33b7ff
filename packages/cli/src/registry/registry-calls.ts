import { type CompatibilityLevel, parseCompatibilityLevel } from "@ottla/registry";
import type { CommandContext } from "../command.ts";
import { RegistryConnection, type RegistryQuery, RegistryRefusal } from "./registry-connection.ts";
import {
  isInteger,
  listIn,
  objectIn,
  readContent,
  readRegistered,
  type RegisteredSchema,
  type SchemaContent,
  unreadable,
} from "./registered-schema.ts";
import { registrySettings } from "./registry-settings.ts";

/** What a subject, or all, is set to; an empty object where nothing is. */
export type RegistryConfig = Readonly<Record<string, unknown>>;

export interface RegistrationRequest extends SchemaContent {
  /** In mode IMPORT. */
  readonly id?: number;
  readonly version?: number;
}

/** A registry's word on whether a schema fits. */
export interface CompatibilityAnswer {
  readonly isCompatible: boolean;
  readonly messages: readonly string[];
}

const PAGE = 1_000;

/** The registry that the command line names. Throws `UsageError`. */
export async function registryOf(context: Pick<CommandContext, "options" | "env" | "signal">): Promise<RegistryCalls> {
  return new RegistryCalls(new RegistryConnection(await registrySettings(context), context.signal));
}

/** What can be asked of a registry, whoever made it. */
export class RegistryCalls {
  readonly connection: RegistryConnection;

  constructor(connection: RegistryConnection) {
    this.connection = connection;
  }

  async subjects(prefix: string | undefined, deleted: boolean): Promise<readonly string[]> {
    const names = listIn(await this.connection.get("/subjects", { subjectPrefix: prefix, deleted })).map(String);
    // Older registries pass the prefix over.
    return prefix === undefined || prefix.startsWith(":") ? names : names.filter((name) => name.startsWith(prefix));
  }

  /** The latest version of every subject; undefined of a registry that cannot list them in one. */
  async latestOfAll(prefix: string | undefined, deleted: boolean): Promise<readonly RegisteredSchema[] | undefined> {
    const found: RegisteredSchema[] = [];
    const query: RegistryQuery = { subjectPrefix: prefix, latestOnly: true, deleted };
    for (;;) {
      const page = await this.#unlessMissing(this.connection.get("/schemas", { ...query, offset: found.length, limit: PAGE }));
      if (page === undefined) return undefined;
      const read = listIn(page).map(readRegistered);
      found.push(...read);
      if (read.length < PAGE) return found;
    }
  }

  /** Version numbers, oldest first; undefined of a subject that is not there. */
  async versions(subject: string, deleted: boolean): Promise<readonly number[] | undefined> {
    const found = await this.#unlessMissing(this.connection.get(`${subjectPath(subject)}/versions`, { deleted }));
    if (found === undefined) return undefined;
    return listIn(found).map((version) => {
      if (!isInteger(version)) throw unreadable("a version is no number");
      return version;
    });
  }

  async version(subject: string, version: number | "latest", deleted = false): Promise<RegisteredSchema> {
    return readRegistered(await this.connection.get(`${subjectPath(subject)}/versions/${version}`, { deleted }));
  }

  /** Undefined when there is none. */
  findVersion(subject: string, version: number | "latest", deleted = false): Promise<RegisteredSchema | undefined> {
    return this.#unlessMissing(this.version(subject, version, deleted));
  }

  async byId(id: number): Promise<SchemaContent> {
    return readContent(await this.connection.get(`/schemas/ids/${id}`));
  }

  /** In the context of a subject. Undefined when no schema has the id there. */
  findById(id: number, subject: string): Promise<SchemaContent | undefined> {
    return this.#unlessMissing(this.connection.get(`/schemas/ids/${id}`, { subject }).then(readContent));
  }

  /** @returns the id, and what newer registries tell beside it */
  async register(
    subject: string,
    request: RegistrationRequest,
    normalize = false,
  ): Promise<{ readonly id: number; readonly version: number | undefined }> {
    const { id, version } = objectIn(
      await this.connection.send("POST", `${subjectPath(subject)}/versions`, bodyOf(request), { normalize }),
    );
    if (!isInteger(id)) throw unreadable("it has no id");
    return { id, version: isInteger(version) ? version : undefined };
  }

  /** The version of a subject that has this schema; undefined when none has. */
  lookUp(subject: string, request: SchemaContent, normalize = false): Promise<RegisteredSchema | undefined> {
    return this.#unlessMissing(this.connection.send("POST", subjectPath(subject), bodyOf(request), { normalize }).then(readRegistered));
  }

  async checkCompatibility(subject: string, request: SchemaContent, version?: string): Promise<CompatibilityAnswer> {
    const path = `/compatibility${subjectPath(subject)}/versions${version === undefined ? "" : `/${version}`}`;
    const answer = objectIn(await this.connection.send("POST", path, bodyOf(request), { verbose: true }));
    const messages = answer["messages"];
    return { isCompatible: answer["is_compatible"] === true, messages: Array.isArray(messages) ? messages.map(String) : [] };
  }

  async deleteSubject(subject: string, permanent: boolean): Promise<readonly number[]> {
    return listIn(await this.connection.send("DELETE", subjectPath(subject), undefined, { permanent })).map(Number);
  }

  async deleteVersion(subject: string, version: number | "latest", permanent: boolean): Promise<void> {
    await this.connection.send("DELETE", `${subjectPath(subject)}/versions/${version}`, undefined, { permanent });
  }

  /** A subject's own settings, or with null those of all; undefined where nothing is set. */
  async ownConfig(subject: string | null): Promise<RegistryConfig | undefined> {
    const found = await this.#unlessMissing(this.connection.get(settingPath("config", subject)));
    return found === undefined ? undefined : objectIn(found);
  }

  /** The level that holds for a subject. */
  async level(subject: string): Promise<CompatibilityLevel> {
    const config = objectIn(await this.connection.get(settingPath("config", subject), { defaultToGlobal: true }));
    const level = config["compatibilityLevel"];
    return (typeof level === "string" ? parseCompatibilityLevel(level) : undefined) ?? "BACKWARD";
  }

  async setConfig(subject: string | null, config: RegistryConfig): Promise<void> {
    const { compatibilityLevel, ...others } = config;
    await this.connection.send("PUT", settingPath("config", subject), {
      ...others,
      ...(compatibilityLevel !== undefined && { compatibility: compatibilityLevel }),
    });
  }

  /** A subject's own mode; undefined where it has none. */
  async ownMode(subject: string | null): Promise<string | undefined> {
    const found = await this.#unlessMissing(this.connection.get(settingPath("mode", subject)));
    return found === undefined ? undefined : String(objectIn(found)["mode"]);
  }

  async setMode(subject: string | null, mode: string, force: boolean): Promise<void> {
    await this.connection.send("PUT", settingPath("mode", subject), { mode }, { force });
  }

  /** Gives a subject the mode of all again. */
  async deleteMode(subject: string): Promise<void> {
    await this.#unlessMissing(this.connection.send("DELETE", settingPath("mode", subject)));
  }

  async #unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof RegistryRefusal && error.isNotFound) return undefined;
      throw error;
    }
  }
}

function subjectPath(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`;
}

function settingPath(kind: "config" | "mode", subject: string | null): string {
  return subject === null ? `/${kind}` : `/${kind}/${encodeURIComponent(subject)}`;
}

function bodyOf({ schemaType, schema, references, metadata, ruleSet, id, version }: RegistrationRequest): object {
  return {
    schema,
    ...(schemaType !== "AVRO" && { schemaType }),
    ...(references.length > 0 && { references }),
    ...(metadata !== undefined && { metadata }),
    ...(ruleSet !== undefined && { ruleSet }),
    ...(id !== undefined && { id }),
    ...(version !== undefined && { version }),
  };
}
