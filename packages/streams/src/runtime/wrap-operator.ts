import type { ProcessorMiddleware } from "../processor/processor-wrap.ts";
import type { Operator, OperatorTask } from "../processors/operator.ts";
import type { Headers } from "../record.ts";
import { StreamsError } from "../streams-error.ts";

/** Puts the middleware around what the operator does with a record. */
export function wrapOperator(operator: Operator, middleware: ProcessorMiddleware, { position }: OperatorTask): void {
  const process = operator.process.bind(operator);
  operator.process = (key: unknown, value: unknown, timestamp: number, headers: Headers): void => {
    const { topic, partition, offset } = position;
    const metadata = offset < 0 ? undefined : { topic, partition, offset };
    let isOver = false;
    const next = (): void => {
      if (isOver) {
        throw new StreamsError(
          "STREAMS_BAD_ARGUMENT",
          `What wraps ${operator.name} called next() for a record that was over: call it before returning, since all of a record is done when its call returns.`,
          { place: { node: operator.name } },
        );
      }
      process(key, value, timestamp, headers);
    };
    try {
      middleware({ key, value, timestamp, headers, metadata }, next);
    } finally {
      isOver = true;
    }
  };
}
