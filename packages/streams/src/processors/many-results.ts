import type { Operator, OperatorContext } from "./operator.ts";

/** So much of what one record becomes is forwarded in one call; what is more goes on as a fan-out. */
export const FEW = 32;

/** Results of a record one after another: each step forwards one. */
export type Results = Iterator<undefined, void>;

/** What an operator makes of a record, and what it was given. */
interface ManyResults {
  readonly operator: Operator;
  readonly key: unknown;
  readonly value: unknown;
  /** All that is left; `isAgain`: from the first one on, since it failed in between and is tried again. */
  readonly begin: (isAgain: boolean) => Results;
}

/** Makes the steps of what an operator does with a record in one call, until something of what came of one is left to be done: the steps that follow come behind that. Its last act. */
export function makeInTurn(context: OperatorContext, { operator, key, value, begin }: ManyResults): void {
  const steps = begin(false);
  while (steps.next().done !== true) {
    if (!operator.task.isDeferring) continue;
    fanOutResults(context, { operator, key, value, begin: (isAgain) => (isAgain ? begin(true) : steps) });
    return;
  }
}

/** Forwards what is left of an operator's results as a fan-out: its last act. */
export function fanOutResults(context: OperatorContext, { operator, key, value, begin }: ManyResults): void {
  let isAgain = false;
  context.fanOut({
    operator,
    key,
    value,
    begin() {
      const results = begin(isAgain);
      isAgain = true;
      return {
        next: () => results.next().done !== true,
        close: () => void results.return?.(),
      };
    },
  });
}
