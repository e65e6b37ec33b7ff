import { Operator } from "../processors/operator.ts";
import type { Headers } from "../record.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { sharedKeys, sharedValues } from "../serdes/shared-bytes.ts";
import type { SourcePart } from "../topology/parts.ts";
import type { NodeMeter } from "./task-meter.ts";

/** Where records of topics enter a task. */
export class SourceOperator extends Operator {
  readonly part: SourcePart;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  /** Set when the task is built. */
  meter: NodeMeter | undefined;

  constructor(part: SourcePart) {
    super();
    this.part = part;
    this.key = part.key === undefined ? undefined : sharedKeys(part.key);
    this.value = part.value === undefined ? undefined : sharedValues(part.value);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.forward(key, value, timestamp, headers);
  }
}
