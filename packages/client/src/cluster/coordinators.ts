import { ErrorCode, KafkaError } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { isEnding } from "../lifetime.ts";
import { refusalAt } from "../outcome.ts";
import type { Connection } from "../net/connection.ts";
import { callOn, type Lane } from "./lane.ts";

export type CoordinatorKind = "group" | "transaction" | "share";

const keyTypes: Readonly<Record<CoordinatorKind, number>> = { group: 0, transaction: 1, share: 2 };
const words: Readonly<Record<CoordinatorKind, string>> = { group: "Group", transaction: "Transactional id", share: "Share partition" };
/** From this version on several keys go into one request. */
const BATCH_VERSION = 4;
const KEYS_PER_REQUEST = 200;

export interface CoordinatorAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** Finds and remembers which broker coordinates a group or a transactional id. */
export class Coordinators {
  readonly #known = new Map<string, CoordinatorAddress>();
  readonly #searches = new Map<string, Promise<CoordinatorAddress>>();

  /** Throws `KafkaError` COORDINATOR_NOT_AVAILABLE and others, `ClientError` when nobody can be asked. */
  async find(lane: Lane, kind: CoordinatorKind, key: string): Promise<CoordinatorAddress> {
    const id = `${kind} ${key}`;
    for (;;) {
      const found = this.#known.get(id);
      if (found) return found;
      const search = this.#searches.get(id);
      if (search === undefined) return this.#search(lane, kind, key);
      try {
        return await search;
      } catch (error) {
        // Who searched was closed meanwhile; that is no answer for others.
        if (!isEnding(error)) throw error;
      }
    }
  }

  /** Finds those of many keys that are not known yet, many in one request where the broker takes them. Whatever is not told stays unknown: {@link find} says why. */
  async findMany(lane: Lane, kind: CoordinatorKind, keys: readonly string[]): Promise<void> {
    const unknown = [...new Set(keys)].filter((key) => !this.#known.has(`${kind} ${key}`) && !this.#searches.has(`${kind} ${key}`));
    if (unknown.length < 2) return;
    const connection = await lane.connectAny();
    if (connection.versions.find(findCoordinatorApi, { min: BATCH_VERSION }) === undefined) return;
    for (let from = 0; from < unknown.length; from += KEYS_PER_REQUEST) {
      const coordinatorKeys = unknown.slice(from, from + KEYS_PER_REQUEST);
      const response = await callOn(connection, findCoordinatorApi, () =>
        makeFindCoordinatorRequest({ keyType: keyTypes[kind], coordinatorKeys }),
      );
      for (const { key, errorCode, nodeId, host, port } of response.coordinators)
        if (errorCode === ErrorCode.NONE) this.#known.set(`${kind} ${key}`, { nodeId, host, port });
    }
  }

  #search(lane: Lane, kind: CoordinatorKind, key: string): Promise<CoordinatorAddress> {
    const id = `${kind} ${key}`;
    const search = ask(lane, kind, key)
      .then((address) => {
        this.#known.set(id, address);
        return address;
      })
      .finally(() => this.#searches.delete(id));
    this.#searches.set(id, search);
    return search;
  }

  /** A connection to the coordinator. */
  async connect(lane: Lane, kind: CoordinatorKind, key: string): Promise<Connection> {
    const address = await this.find(lane, kind, key);
    return lane.connectTo(address.nodeId, address);
  }

  /** Where it was last found. */
  known(kind: CoordinatorKind, key: string): CoordinatorAddress | undefined {
    return this.#known.get(`${kind} ${key}`);
  }

  forget(kind: CoordinatorKind, key: string): void {
    this.#known.delete(`${kind} ${key}`);
  }
}

/** Whether an error code says that the coordinator is not the one that was thought. */
export function disprovesCoordinator(error: unknown): boolean {
  if (!(error instanceof KafkaError)) return true;
  return error.errorCode === ErrorCode.NOT_COORDINATOR || error.errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE;
}

async function ask(lane: Lane, kind: CoordinatorKind, key: string): Promise<CoordinatorAddress> {
  const connection = await lane.connectAny();
  const keyType = keyTypes[kind];
  const response = await callOn(connection, findCoordinatorApi, (version) =>
    version >= BATCH_VERSION
      ? makeFindCoordinatorRequest({ keyType, coordinatorKeys: [key] })
      : makeFindCoordinatorRequest({ keyType, key }),
  );
  const answer = response.coordinators[0] ?? response;
  if (answer.errorCode !== ErrorCode.NONE) throw refusalAt(`${words[kind]} "${key}"`, answer.errorCode, answer.errorMessage);
  return { nodeId: answer.nodeId, host: answer.host, port: answer.port };
}
