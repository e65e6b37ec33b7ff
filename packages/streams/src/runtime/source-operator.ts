import { Operator } from "../processors/operator.ts";
import type { Headers } from "../record.ts";
import type { SourcePart } from "../topology/parts.ts";

/** Where records of topics enter a task. */
export class SourceOperator extends Operator {
  readonly part: SourcePart;

  constructor(part: SourcePart) {
    super();
    this.part = part;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.forward(key, value, timestamp, headers);
  }
}
