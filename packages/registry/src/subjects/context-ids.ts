import type { SchemaVersion } from "./registry-record.ts";
import { schemaIdentity } from "./schema-identity.ts";

/** The ids of one context: which schema each means, and where that is used. An id once given away is never given again. */
export class ContextIds {
  /** Most ids mean one version, and a set for each would be a third of what a registry holds. */
  readonly #uses = new Map<number, SchemaVersion | Set<SchemaVersion>>();
  /** Of each content its lowest id. */
  readonly #idByIdentity = new Map<string, number>();
  /** The further ids of a content, which only an import brings. */
  readonly #furtherIds = new Map<string, Set<number>>();
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
    this.#know(schemaIdentity(version), version.id);
    this.spend(version.id);
  }

  /** New subjects get the lowest id of a content, not the first: which one came first is another after compaction. */
  #know(identity: string, id: number): void {
    const known = this.#idByIdentity.get(identity) ?? id;
    this.#idByIdentity.set(identity, Math.min(known, id));
    if (known === id) return;
    const further = this.#furtherIds.get(identity) ?? new Set<number>();
    further.add(Math.max(known, id));
    this.#furtherIds.set(identity, further);
  }

  #forget(identity: string, id: number): void {
    const further = this.#furtherIds.get(identity);
    if (further?.delete(id) !== true && this.#idByIdentity.get(identity) === id) {
      this.#idByIdentity.delete(identity);
      if (further !== undefined) {
        const next = Math.min(...further);
        further.delete(next);
        this.#idByIdentity.set(identity, next);
      }
    }
    if (further?.size === 0) this.#furtherIds.delete(identity);
  }

  remove(version: SchemaVersion): void {
    const uses = this.#uses.get(version.id);
    if (uses instanceof Set) {
      uses.delete(version);
      if (uses.size > 0) return;
    } else if (uses !== version) return;
    this.#uses.delete(version.id);
    this.#forget(schemaIdentity(version), version.id);
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
