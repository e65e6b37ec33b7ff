import { OttlaError } from "@ottla/base";
import { apiInfo } from "@ottla/protocol";
import { answerShapes } from "./answer-shapes.ts";
import { Fault } from "./fault.ts";
import type { ApiName, FaultHooks, FaultSpec } from "./fault-spec.ts";
import { readFaultSpec } from "./read-fault-spec.ts";

/** So many faults may be armed at once. */
const FAULTS_MAX = 1000;

/** The faults that are armed, oldest first. It outlives the broker that a test starts anew. */
export class FaultTable {
  readonly #armed = new Map<number, Fault>();
  #lastId = 0;

  /** Whether any may happen: else requests go their way as if there were no such thing. */
  get isArmed(): boolean {
    return this.#armed.size > 0;
  }

  /** Arms a fault that a program gives. Errors: `INVALID_FAULT`, `TOO_MANY_FAULTS`. */
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
    if (plan.errorCodes.some((code) => code !== 0)) {
      for (const key of plan.apiKeys ?? []) checkAnswer(key);
    }
    if (this.#armed.size >= FAULTS_MAX)
      throw new OttlaError("TOO_MANY_FAULTS", `There are ${FAULTS_MAX} faults, which is the most; remove some, spent ones too.`);
    const id = ++this.#lastId;
    const fault = new Fault(id, plan, () => this.#armed.delete(id));
    this.#armed.set(id, fault);
    return fault;
  }
}

function checkAnswer(apiKey: number): void {
  const name = (apiInfo(apiKey)?.name ?? "") as ApiName;
  if (answerShapes[name] === undefined)
    throw new OttlaError("INVALID_FAULT", `This broker does not serve ${name}, so a fault cannot answer it; it can be lost or delayed.`);
}
