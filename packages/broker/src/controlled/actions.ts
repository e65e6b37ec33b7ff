import { nearName, OttlaError } from "@ottla/base";
import { type ControlledBroker, START } from "./controlled-broker.ts";

/** What may be done to a controlled broker, as JSON and YAML have it: `{ "do": "moveLeader", "topic": "orders", "node": 2 }`. */
export type Action = { readonly do: string } & Readonly<Record<string, unknown>>;

type Kind = "text" | "whole" | "number";
type Fields = Readonly<Record<string, string | number | undefined>>;

interface ActionSpec {
  readonly needs: Readonly<Record<string, Kind>>;
  readonly may?: Readonly<Record<string, Kind>>;
  readonly run: (broker: ControlledBroker, fields: Fields) => void | Promise<void>;
}

const node = { node: "whole" } as const;

const ACTIONS: Readonly<Record<string, ActionSpec>> = {
  moveLeader: {
    needs: { topic: "text", ...node },
    may: { partition: "whole" },
    run: (broker, { topic, partition, node: to }) => broker.moveLeader(String(topic), Number(partition ?? 0), Number(to)),
  },
  moveGroupCoordinator: {
    needs: { group: "text", ...node },
    run: (broker, { group, node: to }) => broker.moveGroupCoordinator(String(group), Number(to)),
  },
  moveTransactionCoordinator: {
    needs: { transactionalId: "text", ...node },
    run: (broker, { transactionalId, node: to }) => broker.moveTransactionCoordinator(String(transactionalId), Number(to)),
  },
  fence: { needs: { transactionalId: "text" }, run: (broker, { transactionalId }) => broker.fence(String(transactionalId)) },
  takeDown: { needs: node, run: (broker, { node: nodeId }) => broker.takeDown(Number(nodeId)) },
  bringUp: { needs: node, run: (broker, { node: nodeId }) => broker.bringUp(Number(nodeId)) },
  dropConnections: { needs: node, run: (broker, { node: nodeId }) => broker.dropConnections(Number(nodeId)) },
  expireFetchSessions: { needs: {}, run: (broker) => broker.expireFetchSessions() },
  freezeClock: { needs: {}, run: ({ clock }) => clock.freeze() },
  resumeClock: { needs: {}, run: ({ clock }) => clock.resume() },
  advanceClock: { needs: { ms: "number" }, run: ({ clock }, { ms }) => clock.advance(Number(ms)) },
  jumpClock: { needs: { ms: "number" }, run: ({ clock }, { ms }) => clock.jumpWall(Number(ms)) },
  fillDisk: { needs: {}, run: ({ disk }) => void (disk.isFull = true) },
  freeDisk: { needs: {}, run: ({ disk }) => void (disk.isFull = false) },
  snapshot: { needs: { name: "text" }, run: (broker, { name }) => broker.snapshot(String(name)) },
  reset: { needs: {}, may: { name: "text" }, run: (broker, { name }) => broker.reset(String(name ?? START)) },
};

/** Names of all actions. */
export const actionNames: readonly string[] = Object.keys(ACTIONS);

/**
 * Does one. What is wrong with it is found before anything is done. Errors: `INVALID_ACTION`, which names the field, and the near name; those of the {@link ControlledBroker}.
 */
export async function runAction(broker: ControlledBroker, given: unknown): Promise<void> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid(`An action is an object, such as { "do": "takeDown", "node": 2 }.`);
  const { do: name, ...fields } = given as Record<string, unknown>;
  if (typeof name !== "string" || !Object.hasOwn(ACTIONS, name)) throw invalid(unknown("action", String(name), actionNames));
  const { needs, may = {}, run } = ACTIONS[name]!;
  const known = { ...needs, ...may };
  for (const [field, value] of Object.entries(fields)) {
    if (!Object.hasOwn(known, field)) throw invalid(unknown(`field of ${name}`, field, Object.keys(known)));
    if (!isOf(known[field]!, value))
      throw invalid(`"${field}" of ${name} is ${JSON.stringify(value)}; it must be ${kindText(known[field]!)}.`);
  }
  for (const [field, kind] of Object.entries(needs)) {
    if (fields[field] === undefined) throw invalid(`${name} needs "${field}", ${kindText(kind)}.`);
  }
  await run(broker, fields as Fields);
}

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === "text") return typeof value === "string" && value.length > 0 && value.length <= 1000;
  return kind === "whole" ? Number.isInteger(value) && (value as number) >= 0 : typeof value === "number" && Number.isFinite(value);
}

function kindText(kind: Kind): string {
  return { text: "a text", whole: "a whole number from 0", number: "a number" }[kind];
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const near = nearName(name, known);
  return `There is no ${what} "${name}"; ${near === undefined ? (known.length === 0 ? "it has none" : `there are ${known.join(", ")}`) : `"${near}" was perhaps meant`}.`;
}

function invalid(sentence: string): OttlaError {
  return new OttlaError("INVALID_ACTION", sentence);
}
