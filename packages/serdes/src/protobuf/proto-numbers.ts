import type { ProtoFile } from "@ottla/registry/formats/protobuf";

/** Protobuf keeps these for itself. */
const [OWN_FIRST, OWN_LAST] = [19_000, 19_999];

/** A number that had a meaning once, and its name while it is not used again. */
interface GoneNumber {
  readonly number: number;
  readonly name: string | undefined;
}

/** The numbers of one message or enum. */
export interface TypeNumbers {
  /** What a name had in any version, or the lowest that none ever had. */
  numberOf(name: string): number;
  /** Of other names: never given again. Asked behind all names. */
  readonly gone: readonly GoneNumber[];
}

/** The numbers of fields and constants: what was registered stays, whatever comes or goes. */
export class ProtoNumbers {
  readonly #versions: readonly ProtoFile[];
  readonly #types = new Map<string, TypeNumbers>();

  /** All versions that were registered, the oldest first. */
  constructor(versions: readonly ProtoFile[]) {
    this.#versions = versions;
  }

  of(typeName: string): TypeNumbers {
    const known = this.#types.get(typeName);
    if (known !== undefined) return known;
    const numbers = new NumbersOfType();
    for (const { types } of this.#versions) {
      const type = types.find(({ name }) => name === typeName);
      if (type === undefined) continue;
      for (const { name, number } of type.kind === "message" ? type.fields : type.constants) numbers.had(name, number);
      for (const { first, last } of type.reserved.ranges)
        for (let each = first; each <= Math.min(last, first + RANGE_MAX); each++) numbers.hadNameless(each);
    }
    this.#types.set(typeName, numbers);
    return numbers;
  }
}

/** A longer range is somebody else's, and stays free of ours by its first numbers. */
const RANGE_MAX = 10_000;

class NumbersOfType implements TypeNumbers {
  readonly #byName = new Map<string, number>();
  readonly #taken = new Set<number>([0]);
  readonly #asked = new Set<string>();
  #next = 1;

  had(name: string, number: number): void {
    this.#byName.set(name, number);
    this.#taken.add(number);
  }

  hadNameless(number: number): void {
    this.#taken.add(number);
  }

  numberOf(name: string): number {
    this.#asked.add(name);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    while (this.#taken.has(this.#next) || (this.#next >= OWN_FIRST && this.#next <= OWN_LAST)) this.#next++;
    this.had(name, this.#next);
    return this.#next;
  }

  get gone(): readonly GoneNumber[] {
    const names = new Map([...this.#byName].map(([name, number]) => [number, name]));
    return [...this.#taken]
      .filter((number) => number > 0)
      .map((number) => ({ number, name: names.get(number) }))
      .filter(({ name }) => name === undefined || !this.#asked.has(name))
      .toSorted((left, right) => left.number - right.number);
  }
}
