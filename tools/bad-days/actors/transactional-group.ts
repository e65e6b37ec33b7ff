import { ErrorCode } from "@ottla/protocol";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import {
  makeTxnOffsetCommitRequest,
  makeTxnOffsetCommitRequestPartition,
  makeTxnOffsetCommitRequestTopic,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import type { SentTransaction } from "@ottla/conformance/history/history";
import type { Client } from "./client.ts";
import { coordinatorOf, GROUP } from "./coordinator-of.ts";

const AGAIN: ReadonlySet<number> = new Set([
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.NOT_COORDINATOR,
]);
const NONE = -1;

/** A group whose offset one producer alone moves, within its transactions: it is that of the last one that was committed. */
export class TransactionalGroup {
  readonly #client: Client;
  #last = 0;
  /** What it may be: more than one while it is not known whether a transaction was committed. */
  #possible = new Set<number>([NONE]);
  #isInDoubt = false;

  constructor(client: Client) {
    this.#client = client;
  }

  get #topic(): { readonly name: string } {
    return this.#client.world.topics[0]!;
  }

  /** TxnOffsetCommit, until it is there. False when it cannot be. */
  async commit(identity: { readonly producerId: number; readonly producerEpoch: number }, what: string): Promise<boolean> {
    const { name } = this.#client;
    const committedOffset = ++this.#last;
    const partitions = [makeTxnOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset })];
    const topics = [makeTxnOffsetCommitRequestTopic({ name: this.#topic.name, partitions })];
    const request = makeTxnOffsetCommitRequest({ transactionalId: name, groupId: name, ...identity, topics });
    this.#isInDoubt = true;
    for (let attempt = 0; attempt < 60; attempt++) {
      const node = await coordinatorOf(this.#client, GROUP, name);
      const answer = node === undefined ? undefined : await this.#client.call(node, txnOffsetCommitApi, 5, request);
      const code = answer?.topics[0]?.partitions[0]?.errorCode;
      this.#client.note("commits offset", committedOffset, what, `code ${code}`);
      if (code === ErrorCode.NONE) return true;
      if (code !== undefined && (this.#client.isBug("TxnOffsetCommit", code) || !AGAIN.has(code))) return false;
      await this.#client.pause(50);
    }
    return false;
  }

  /** Takes note of what became of the transaction of the last commit. */
  ended(outcome: SentTransaction["outcome"]): void {
    if (!this.#isInDoubt) return;
    this.#isInDoubt = false;
    if (outcome === "committed") this.#possible = new Set([this.#last]);
    else if (outcome === "unknown") this.#possible.add(this.#last);
  }

  /** Once no transaction is open. */
  async check(): Promise<void> {
    const { name, world } = this.#client;
    const topics = [makeOffsetFetchRequestTopics({ name: this.#topic.name, partitionIndexes: [0] })];
    const request = makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId: name, topics })], requireStable: true });
    for (;;) {
      const node = await coordinatorOf(this.#client, GROUP, name);
      const answer = node === undefined ? undefined : await this.#client.call(node, offsetFetchApi, 8, request);
      const found = answer?.groups[0]?.topics[0]?.partitions[0];
      this.#client.note("finds offset", found?.committedOffset, `code ${found?.errorCode}`);
      if (found?.errorCode === ErrorCode.NONE) {
        const possible = [...this.#possible].join(" or ");
        if (!this.#possible.has(found.committedOffset))
          world.fault(`group ${name} has offset ${found.committedOffset}, and its transactions have committed ${possible}`);
        return;
      }
      await this.#client.pause(100);
    }
  }
}
