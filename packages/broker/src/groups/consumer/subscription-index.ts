import type { ResolvedRegex } from "./consumer-records.ts";
import type { TopicNames } from "./topic-names.ts";

/** How many members are subscribed to a topic by its name, and how many regular expressions stand for it. */
export interface TopicInterest {
  readonly byName: number;
  readonly byRegex: number;
}

/** What the members of a group are subscribed to, all together. */
export class SubscriptionIndex {
  readonly #topics = new Map<string, TopicInterest>();
  /** Members by the regular expression they are subscribed with. */
  readonly #regexes = new Map<string, number>();
  readonly #resolved = new Map<string, ResolvedRegex>();
  /** Lists of names that members share, by their hash. */
  readonly #shared = new Map<number, { readonly names: TopicNames; members: number }>();
  #memberCount = 0;
  #heldBytes = 0;
  #isHomogeneous: boolean | undefined;

  get topics(): ReadonlyMap<string, TopicInterest> {
    return this.#topics;
  }

  get regexes(): ReadonlyMap<string, number> {
    return this.#regexes;
  }

  get resolved(): ReadonlyMap<string, ResolvedRegex> {
    return this.#resolved;
  }

  get heldBytes(): number {
    return this.#heldBytes + this.#topics.size * 128;
  }

  /** Whether all members are subscribed alike. */
  get isHomogeneous(): boolean {
    this.#isHomogeneous ??= isHomogeneous(this.#topics.values(), this.#regexes, this.#memberCount);
    return this.#isHomogeneous;
  }

  /** Counts a member in. Gives the names as they are to be kept: those of a member that is subscribed alike, if there is one. */
  add(names: TopicNames, regex: string): TopicNames {
    this.#isHomogeneous = undefined;
    this.#memberCount++;
    const kept = this.#share(names);
    for (const name of kept.sorted) this.#count(name, 1, 0);
    if (regex !== "") this.#regexes.set(regex, (this.#regexes.get(regex) ?? 0) + 1);
    return kept;
  }

  remove(names: TopicNames, regex: string): void {
    this.#isHomogeneous = undefined;
    this.#memberCount--;
    this.#unshare(names);
    for (const name of names.sorted) this.#count(name, -1, 0);
    if (regex === "") return;
    const members = (this.#regexes.get(regex) ?? 1) - 1;
    if (members > 0) this.#regexes.set(regex, members);
    else this.#regexes.delete(regex);
  }

  /** `null` removes. */
  setResolved(regex: string, resolved: ResolvedRegex | null): void {
    this.#isHomogeneous = undefined;
    const before = this.#resolved.get(regex);
    for (const topic of before?.topics ?? []) this.#count(topic, 0, -1);
    for (const topic of resolved?.topics ?? []) this.#count(topic, 0, 1);
    this.#heldBytes += regexBytes(regex, resolved) - regexBytes(regex, before ?? null);
    if (resolved) this.#resolved.set(regex, resolved);
    else this.#resolved.delete(regex);
  }

  #count(topic: string, byName: number, byRegex: number): void {
    const before = this.#topics.get(topic);
    const next = { byName: (before?.byName ?? 0) + byName, byRegex: (before?.byRegex ?? 0) + byRegex };
    if (next.byName > 0 || next.byRegex > 0) this.#topics.set(topic, next);
    else this.#topics.delete(topic);
  }

  #share(names: TopicNames): TopicNames {
    const shared = this.#shared.get(names.hash);
    if (shared?.names.equals(names)) {
      shared.members++;
      return shared.names;
    }
    this.#heldBytes += names.heldBytes;
    if (!shared) this.#shared.set(names.hash, { names, members: 1 });
    return names;
  }

  #unshare(names: TopicNames): void {
    const shared = this.#shared.get(names.hash);
    if (shared?.names !== names) {
      this.#heldBytes -= names.heldBytes;
      return;
    }
    shared.members--;
    if (shared.members > 0) return;
    this.#shared.delete(names.hash);
    this.#heldBytes -= names.heldBytes;
  }
}

function regexBytes(regex: string, resolved: ResolvedRegex | null): number {
  if (resolved === null) return 0;
  let bytes = 128 + 2 * regex.length;
  for (const topic of resolved.topics) bytes += 64 + topic.length;
  return bytes;
}

/** As Kafka judges it: by names, every topic has all members; by a regular expression, all members have the same one and nobody a name. */
export function isHomogeneous(topics: Iterable<TopicInterest>, regexes: ReadonlyMap<string, number>, memberCount: number): boolean {
  if (regexes.size === 0) {
    for (const { byName } of topics) if (byName !== memberCount) return false;
    return true;
  }
  for (const members of regexes.values()) if (members !== memberCount) return false;
  for (const { byName, byRegex } of topics) if (byRegex !== 1 || byName > 0) return false;
  return true;
}
