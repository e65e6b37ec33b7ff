import { nearName } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { PluginEntry, PluginKind, PluginOf } from "./plugin-entry.ts";

/** A plugin as lists of plugins show it. */
export interface ListedPlugin {
  readonly class: string;
  readonly type: string;
  readonly version: string;
}

/** As Apache Connect calls kinds. */
const typeNames: Readonly<Record<PluginKind, string>> = {
  source: "source",
  sink: "sink",
  transform: "transformation",
  predicate: "predicate",
  converter: "converter",
};

/**
 * The plugins of a worker. One is found by its name, by a Java class that it stands for, by such a class without its package, and, as in Apache Connect, without `Connector` at the end of that.
 * A later entry goes before an earlier one of the same name, so that a user's own replaces what came along.
 */
export class PluginCatalogue {
  readonly #entries: readonly PluginEntry[];
  readonly #byName = new Map<string, PluginEntry>();
  readonly #loaded = new Map<PluginEntry, Promise<PluginOf<PluginKind>>>();

  constructor(entries: readonly PluginEntry[]) {
    this.#entries = entries;
    for (const entry of entries) for (const name of namesOf(entry)) this.#byName.set(keyOf(entry.kind, name), entry);
  }

  /** @throws ConnectError `CONNECT_CONFIG` where no such plugin is known; the message names the nearest one. */
  find<Kind extends PluginKind>(kinds: readonly Kind[], name: string): PluginEntry<Kind> {
    const found = this.has(kinds, name);
    if (found !== undefined) return found;
    const known = this.#entries.filter(({ kind }) => kinds.some((each) => each === kind));
    const near = nearName(simpleName(name), known.flatMap(namesOf));
    const meant = near === undefined ? "" : ` Did you mean ${near}?`;
    const kind = kinds.map((each) => typeNames[each]).join(" or ");
    const there = known.map((each) => each.name).join(", ");
    throw new ConnectError("CONNECT_CONFIG", `There is no ${kind} called "${name.slice(0, 200)}".${meant} Known are ${there || "none"}.`);
  }

  /** Undefined: there is none. */
  has<Kind extends PluginKind>(kinds: readonly Kind[], name: string): PluginEntry<Kind> | undefined {
    for (const kind of kinds) {
      const entry = this.#byName.get(keyOf(kind, name.trim()));
      if (entry !== undefined) return entry as unknown as PluginEntry<Kind>;
    }
    return undefined;
  }

  /** Its code, loaded once; a load that failed is tried again. */
  async load<Kind extends PluginKind>(kinds: readonly Kind[], name: string): Promise<PluginOf<Kind>> {
    const entry: PluginEntry = this.find<PluginKind>(kinds, name);
    let loading = this.#loaded.get(entry);
    if (loading === undefined) {
      loading = entry.load();
      this.#loaded.set(entry, loading);
      loading.catch(() => this.#loaded.delete(entry));
    }
    return (await loading) as unknown as PluginOf<Kind>;
  }

  /** As `GET /connector-plugins` lists them: by the Java class where a plugin stands for one, sorted. */
  list(kinds: readonly PluginKind[]): ListedPlugin[] {
    return this.#entries
      .filter((entry) => kinds.includes(entry.kind) && this.#byName.get(keyOf(entry.kind, entry.name)) === entry)
      .map((entry) => ({ class: entry.aliases?.[0] ?? entry.name, type: typeNames[entry.kind], version: entry.version }))
      .toSorted((a, b) => (a.type + a.class < b.type + b.class ? -1 : 1));
  }
}

function namesOf({ name, aliases = [] }: PluginEntry): string[] {
  return [name, ...aliases].flatMap((each) => {
    const simple = simpleName(each);
    return [each, simple, simple.replace(/Connector$/, ""), simple.replace(/Converter$|Transformation$|Predicate$/, "")];
  });
}

function simpleName(className: string): string {
  return className.slice(className.lastIndexOf(".") + 1);
}

function keyOf(kind: PluginKind, name: string): string {
  return `${kind} ${name}`;
}
