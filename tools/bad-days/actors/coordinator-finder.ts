import { ErrorCode } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import type { Client } from "./client.ts";

/** Whose coordinator is looked for. */
export type CoordinatorKind = "group" | "transaction";

/** Where the coordinator of a key is; asks until somebody knows, and again after it was forgotten. */
export class CoordinatorFinder {
  readonly #client: Client;
  readonly #kind: CoordinatorKind;
  readonly #key: string;
  #nodeId: number | undefined;

  constructor(client: Client, kind: CoordinatorKind, key: string) {
    this.#client = client;
    this.#kind = kind;
    this.#key = key;
  }

  forget(): void {
    this.#nodeId = undefined;
  }

  /** Undefined when nobody says. */
  async find(): Promise<number | undefined> {
    if (this.#nodeId !== undefined) return this.#nodeId;
    const request = makeFindCoordinatorRequest({ keyType: this.#kind === "group" ? 0 : 1, coordinatorKeys: [this.#key] });
    const found = (await this.#client.call(this.#client.anyNode, findCoordinatorApi, 4, request))?.coordinators[0];
    if (found) this.#client.isBug("FindCoordinator", found.errorCode);
    if (found?.errorCode === ErrorCode.NONE) this.#nodeId = found.nodeId;
    return this.#nodeId;
  }
}

/** What is answered by one who is not, or not yet, the coordinator. */
export function isCoordinatorGone(code: number | undefined): boolean {
  return (
    code === undefined ||
    code === ErrorCode.NOT_COORDINATOR ||
    code === ErrorCode.COORDINATOR_NOT_AVAILABLE ||
    code === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
  );
}
