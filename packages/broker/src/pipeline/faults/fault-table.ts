import { OttlaError } from "@ottla/base";
import { apiInfo } from "@ottla/protocol";
import { answerShapes } from "./answer-shapes.ts";
import { Fault } from "./fault.ts";
import type { ApiName, FaultHooks, FaultSpec } from "./fault-spec.ts";
import { readFaultSpec } from "./read-fault-spec.ts";

/** So many faults may be armed at once. */
const FAULTS_MAX = 1000;

/** So many of the last requests are remembered by name. */
const RECENT_KEPT = 12;

/** Who stands behind the faults. */
export interface FaultTableOptions {
  /** Requests under this client id are the test's own: they meet no fault, and are not told of. */
  readonly ignoredClientId?: string;
  /** Called when a request has been answered, and when a fault has met one or was removed. */
  readonly onActivity?: () => void;
}

/** The faults that are armed, oldest first. It outlives the broker that a test starts anew. */
export class FaultTable {
  readonly #ignoredClientId: string | undefined;
  readonly #onActivity: () => void;
  readonly #armed = new Map<number, Fault>();
  readonly #recent: string[] = [];
  #lastId = 0;
  /** Of the brokers that are asked; undefined while nobody knows them. */
  #nodeIds: readonly number[] | undefined;

  constructor({ ignoredClientId, onActivity = () => {} }: FaultTableOptions = {}) {
    this.#ignoredClientId = ignoredClientId;
    this.#onActivity = onActivity;
  }

  /** Faults are for these brokers from now on. Errors: `NO_SUCH_BROKER`, where one that is armed names another. */
  serve(nodeIds: readonly number[]): void {
    for (const { plan } of this.#armed.values()) checkNode(plan.spec.node, nodeIds);
    this.#nodeIds = nodeIds;
  }

  /** APIs of the last requests, oldest first. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /** Whether faults look at such a client's requests. */
  concerns(clientId: string | null): boolean {
    return this.#ignoredClientId === undefined || clientId !== this.#ignoredClientId;
  }

  /** A request was answered, or its connection closed for it. */
  ended(api: string): void {
    this.#recent.push(api);
    if (this.#recent.length > RECENT_KEPT) this.#recent.shift();
    this.#onActivity();
  }

  /** Whether any may happen: else requests go their way as if there were no such thing. */
  get isArmed(): boolean {
    return this.#armed.size > 0;
  }

  /** Arms a fault that a program gives. Errors: `INVALID_FAULT`, `TOO_MANY_FAULTS`, `NO_SUCH_BROKER`. */
  arm(given: FaultSpec & FaultHooks): Fault {
    return this.#arm(given, true);
  }

  /** Arms a fault that came as JSON or YAML. Errors as of {@link FaultTable.arm}. */
  armUntrusted(given: unknown): Fault {
    return this.#arm(given, false);
  }

  get(id: number): Fault | undefined {
    return this.#armed.get(id);
  }

  /** Spent ones too, until they are removed. */
  all(): readonly Fault[] {
    return [...this.#armed.values()];
  }

  /** Removes all. */
  clear(): void {
    for (const fault of this.all()) fault.remove();
  }

  #arm(given: unknown, mayHaveHooks: boolean): Fault {
    const plan = readFaultSpec(given, mayHaveHooks);
    checkNode(plan.spec.node, this.#nodeIds);
    if (plan.errorCodes.some((code) => code !== 0)) {
      for (const key of plan.apiKeys ?? []) checkAnswer(key);
    }
    if (this.#armed.size >= FAULTS_MAX)
      throw new OttlaError("TOO_MANY_FAULTS", `There are ${FAULTS_MAX} faults, which is the most; remove some, spent ones too.`);
    const id = ++this.#lastId;
    const fault = new Fault(id, plan, () => this.#armed.delete(id));
    fault.listen(this.#onActivity);
    this.#armed.set(id, fault);
    return fault;
  }
}

/** No request would ever meet a fault on a broker that does not exist. */
function checkNode(nodeId: number | undefined, nodeIds: readonly number[] | undefined): void {
  if (nodeId === undefined || nodeIds === undefined || nodeIds.includes(nodeId)) return;
  throw new OttlaError("NO_SUCH_BROKER", `There is no virtual broker ${nodeId}; there are ${nodeIds.join(", ")}.`);
}

function checkAnswer(apiKey: number): void {
  const name = (apiInfo(apiKey)?.name ?? "") as ApiName;
  if (answerShapes[name] === undefined)
    throw new OttlaError("INVALID_FAULT", `This broker does not serve ${name}, so a fault cannot answer it; it can be lost or delayed.`);
}
