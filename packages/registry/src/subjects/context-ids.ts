import type { SchemaVersion } from "./registry-record.ts";
import { schemaIdentity } from "./schema-identity.ts";

/** The ids of one context: which schema each means, and where that is used. An id once given away is never given again. */
export class ContextIds {
  /** Most ids mean one version, and a set for each would be a third of what a registry holds. */
  readonly #uses = new Map<number, SchemaVersion | Set<SchemaVersion>>();
  readonly #idByIdentity = new Map<string, number>();
  #highest = 0;

  /** How many schemas there are. */
  get size(): number {
    return this.#uses.size;
  }

  /** The highest id that was ever given away; 0 when none was. */
  get highest(): number {
    return this.#highest;
  }

  add(version: SchemaVersion): void {
    const uses = this.#uses.get(version.id);
    if (uses === undefined) this.#uses.set(version.id, version);
    else if (uses instanceof Set) uses.add(version);
    else this.#uses.set(version.id, new Set([uses, version]));
    // Of two ids for one content, which an import may bring, the first is kept for new subjects.
    const identity = schemaIdentity(version);
    if (!this.#idByIdentity.has(identity)) this.#idByIdentity.set(identity, version.id);
    this.spend(version.id);
  }

  remove(version: SchemaVersion): void {
    const uses = this.#uses.get(version.id);
    if (uses instanceof Set) {
      uses.delete(version);
      if (uses.size > 0) return;
    } else if (uses !== version) return;
    this.#uses.delete(version.id);
    const identity = schemaIdentity(version);
    if (this.#idByIdentity.get(identity) === version.id) this.#idByIdentity.delete(identity);
  }

  /** Takes an id out of those that may be given away. */
  spend(id: number): void {
    if (id > this.#highest) this.#highest = id;
  }

  /** The versions that an id means, in all subjects; softly deleted ones too. */
  uses(id: number): readonly SchemaVersion[] {
    const uses = this.#uses.get(id);
    if (uses === undefined) return [];
    return uses instanceof Set ? [...uses] : [uses];
  }

  idOf(identity: string): number | undefined {
    return this.#idByIdentity.get(identity);
  }
}
