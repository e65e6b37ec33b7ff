import type { Headers } from "../../record.ts";
import { visited, type VisitsWindows } from "../../stores/found-value.ts";
import { Operator, type OperatorContext } from "../operator.ts";

/** Gives records on, and then puts them into the window store of their side: a stream that is joined with itself must not find a record in there before. */
export class JoinWindowOperator extends Operator {
  override readonly forwardsLast = true;
  readonly #storeName: string;
  #store!: VisitsWindows;

  constructor(storeName: string) {
    super();
    this.#storeName = storeName;
  }

  override init(context: OperatorContext): void {
    this.#store = visited(context.store(this.#storeName));
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.forward(key, value, timestamp, headers);
    if (key === null) return;
    if (this.task.isDeferring) this.#putLater(key, value, timestamp);
    else this.#store.putWindowWithTime(key, value, timestamp, timestamp);
  }

  /** Apart: a function that has a closure makes garbage for each record. */
  #putLater(key: unknown, value: unknown, timestamp: number): void {
    this.task.defer(() => {
      for (let attempt = 1; ; attempt++) {
        try {
          this.#store.putWindowWithTime(key, value, timestamp, timestamp);
          return;
        } catch (error) {
          if (!this.task.onFailure(this, error, key, value, attempt)) return;
        }
      }
    });
  }
}
