import { readFileSync } from "node:fs";

/** One member of a recorded group; partitions are written "topic number". */
interface ReferenceMember {
  readonly id: string;
  readonly instance: string | null;
  readonly topics: readonly string[];
  readonly owned: readonly string[];
}

export type ReferenceAssignment = Readonly<Record<string, readonly string[]>>;

export interface ReferenceRound {
  readonly generation: number;
  readonly members: readonly ReferenceMember[];
  readonly range: ReferenceAssignment;
  readonly roundrobin: ReferenceAssignment;
  readonly "cooperative-sticky": ReferenceAssignment;
}

export interface ReferenceGroup {
  readonly topics: Readonly<Record<string, number>>;
  readonly first: ReferenceRound;
  readonly second: ReferenceRound;
}

interface ReferenceCases {
  readonly hashes: readonly { readonly hex: string; readonly murmur2: number; readonly of7: number }[];
  readonly groups: readonly ReferenceGroup[];
}

/** What Java's client computes; see test/java/ReferenceCases.java. */
export const referenceCases = JSON.parse(
  readFileSync(new URL("../../test/reference-cases.json", import.meta.url), "utf8"),
) as ReferenceCases;
