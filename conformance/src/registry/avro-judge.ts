import { avroFormat, type Difference, RegistryError } from "@ottla/registry";
import { runAvroProgram } from "../kafka/java-tool.ts";

/** Two schemas' texts. */
export interface SchemaPair {
  readonly older: string;
  readonly newer: string;
}

/** What somebody makes of a pair: each text as it is printed again, null when it is refused, and both directions' differences. */
export interface PairAnswer {
  readonly older: string | null;
  readonly newer: string | null;
  readonly backward?: readonly string[];
  readonly forward?: readonly string[];
}

/** Java ends a comparison by throwing where two fields fit one, and so has no answer; ours lists it and goes on. */
const THROWS = "EXCEPTION";

/** Java's answers, in the order of the pairs. */
export async function askJava(pairs: readonly SchemaPair[]): Promise<readonly PairAnswer[]> {
  const input = pairs.map(({ older, newer }) => `${JSON.stringify({ older, newer })}\n`).join("");
  const { status, stdout, stderr } = await runAvroProgram("AvroCases", [], { input, timeoutMs: 300_000 });
  if (status !== 0) throw new Error(`Java's Avro ended with ${status}: ${stderr.trim().slice(-2000)}`);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { older, newer, backward, forward } = JSON.parse(line) as PairAnswer & Record<"backward" | "forward", [string, string][]>;
      const said = (list: [string, string][]): string[] => list.map(([kind, place]) => (kind === THROWS ? THROWS : `${kind} ${place}`));
      return backward === undefined ? { older, newer } : { older, newer, backward: said(backward), forward: said(forward) };
    });
}

export function askOurs({ older, newer }: SchemaPair): PairAnswer {
  const [old, fresh] = [parsed(older), parsed(newer)];
  const texts = { older: old?.canonical ?? null, newer: fresh?.canonical ?? null };
  if (old === undefined || fresh === undefined) return texts;
  return { ...texts, backward: said(fresh.problemsReading(old)), forward: said(old.problemsReading(fresh)) };
}

function parsed(schema: string): ReturnType<typeof avroFormat.parse> | undefined {
  try {
    return avroFormat.parse({ schema, resolved: [] });
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}

function said(differences: readonly Difference[]): readonly string[] {
  return differences.map(({ kind, path }) => `${kind} ${path}`);
}

/** Whether both say the same, as far as Java says something. */
export function isSameAnswer(java: PairAnswer, ours: PairAnswer): boolean {
  const same = (mine: readonly string[] | undefined, theirs: readonly string[] | undefined): boolean =>
    theirs?.includes(THROWS) === true || JSON.stringify(mine) === JSON.stringify(theirs);
  const areTexts = java.older === ours.older && java.newer === ours.newer;
  return areTexts && same(ours.backward, java.backward) && same(ours.forward, java.forward);
}
