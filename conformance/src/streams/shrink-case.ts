import { shrink } from "../differential/shrink.ts";
import type { CaseInput, StreamsCase } from "./case.ts";
import type { Statement } from "./case-statement.ts";

/** Whether a smaller case still shows the same fault. */
type StillFails = (candidate: StreamsCase) => Promise<boolean>;

/** The smallest case found that still fails: fewer inputs, fewer operators, fewer options, by at most `triesMax` tries. */
export async function shrinkCase(failing: StreamsCase, stillFails: StillFails, triesMax: number): Promise<StreamsCase> {
  let smallest = failing;
  let tries = 0;
  let isSmaller = true;
  const take = async (candidate: StreamsCase): Promise<boolean> => {
    if (tries++ >= triesMax || !(await stillFails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  while (isSmaller && tries < triesMax) {
    const before = size(smallest);
    const { inputs } = smallest;
    await shrink(inputs, (fewer) => take({ ...smallest, inputs: fewer }), triesMax - tries);
    await withoutStatements(() => smallest, take);
    await withoutOptions(() => smallest, take);
    isSmaller = size(smallest) < before;
  }
  return smallest;
}

const size = ({ topology, inputs, config }: StreamsCase): number => JSON.stringify([topology, inputs, config]).length;

type Take = (candidate: StreamsCase) => Promise<boolean>;

/** Leaves out each statement with all that goes on from it, or lets what goes on from it go on from what it read. */
async function withoutStatements(current: () => StreamsCase, take: Take): Promise<void> {
  for (let index = current().topology.length - 1; index >= 0; index--) {
    const statement = current().topology[index];
    if (statement === undefined) continue;
    if (await take(withTopology(current(), withoutDependents(current().topology, statement)))) continue;
    if ("from" in statement) await take(withTopology(current(), bypassed(current().topology, statement, statement.from)));
    if ("with" in statement) await take(withTopology(current(), bypassed(current().topology, statement, statement.with)));
  }
}

function idsOf(statement: Statement): string[] {
  if (statement.op !== "split") return [statement.id];
  return [statement.id, ...statement.branches.map(({ id }) => id), ...(statement.default === undefined ? [] : [statement.default.id])];
}

function withoutDependents(topology: readonly Statement[], gone: Statement): Statement[] {
  const ids = new Set(idsOf(gone));
  return topology.filter((statement) => {
    const reads = ("from" in statement && ids.has(statement.from)) || ("with" in statement && ids.has(statement.with));
    if (statement !== gone && !reads) return true;
    for (const id of idsOf(statement)) ids.add(id);
    return false;
  });
}

function bypassed(topology: readonly Statement[], gone: Statement, instead: string): Statement[] {
  const ids = new Set(idsOf(gone));
  const other = (id: string): string => (ids.has(id) ? instead : id);
  return topology
    .filter((statement) => statement !== gone)
    .map((statement) => ({
      ...statement,
      ...("from" in statement ? { from: other(statement.from) } : {}),
      ...("with" in statement ? { with: other(statement.with) } : {}),
    }));
}

/** Inputs of sources that are gone go too. */
function withTopology(kept: StreamsCase, topology: readonly Statement[]): StreamsCase {
  const topics = new Set(
    topology.flatMap((statement) => ("topics" in statement ? statement.topics : "topic" in statement ? [statement.topic] : [])),
  );
  const inputs = kept.inputs.filter((input: CaseInput) => !("topic" in input) || topics.has(input.topic));
  return { ...kept, topology, inputs };
}

/** Takes names, stores, settings and headers away one by one. */
async function withoutOptions(current: () => StreamsCase, take: Take): Promise<void> {
  for (const option of Object.keys(current().config)) {
    const { [option as "optimization"]: _, ...config } = current().config;
    await take({ ...current(), config });
  }
  for (let index = 0; index < current().topology.length; index++) {
    for (const option of ["name", "store", "storeName", "emit", "partitions", "maxRecords", "maxBytes"]) {
      const statement = current().topology[index]!;
      if (!(option in statement)) continue;
      const { [option as "name"]: _, ...rest } = statement;
      await take({ ...current(), topology: current().topology.with(index, rest) });
    }
  }
}
