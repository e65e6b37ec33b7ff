import type { Headers } from "../../record.ts";
import type { Change } from "../change.ts";
import { Operator } from "../operator.ts";

/** The changes of a table as a stream of its new values; deletions are nulls. */
export class TableToStream extends Operator {
  override readonly keepsNoKey = true;

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.forward(key, (value as Change).newValue, timestamp, headers);
  }
}
