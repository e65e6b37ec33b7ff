import { invariant } from "@ottla/base";
import type { Operator, OperatorTask } from "../processors/operator.ts";
import type { Part } from "../topology/parts.ts";
import { repartitionTopicName } from "../topology/internal-topics.ts";
import { beginning } from "./failures.ts";
import { SinkOperator } from "./sink-operator.ts";
import { SourceOperator } from "./source-operator.ts";
import type { TaskOptions } from "./task-options.ts";
import { wrapOperator } from "./wrap-operator.ts";
import { TaskSources } from "./task-sources.ts";

/** The operators of a task, linked, in the order of their nodes. */
export interface BuiltOperators {
  readonly operators: readonly Operator[];
  readonly sources: TaskSources;
}

/** Makes an operator for each node of a task and links them. */
export function buildOperators(options: TaskOptions, task: OperatorTask): BuiltOperators {
  const { applicationId, topology, nodes } = options;
  const wanted = new Set(nodes);
  const nameOf = (topic: string) => (topology.repartitionTopics.has(topic) ? repartitionTopicName(applicationId, topic) : topic);
  const operators = new Map<string, Operator>();
  const children = new Map<string, Operator[]>();
  const sources = new TaskSources();
  for (const part of topology.parts.values()) {
    if (!wanted.has(part.name)) continue;
    const operator = operatorOf(part, options, nameOf);
    operator.name = part.name;
    operator.task = task;
    const middleware =
      part.kind === "processor" ? beginning(part.name, () => topology.wrap?.({ name: part.name, taskId: options.taskId })) : undefined;
    if (middleware !== undefined) wrapOperator(operator, middleware, task);
    operators.set(part.name, operator);
    children.set(part.name, []);
    for (const predecessor of part.predecessors) {
      const siblings = children.get(predecessor);
      invariant(siblings !== undefined, `${predecessor} runs in the task of ${part.name}`);
      siblings.push(operator);
    }
    const meter = options.meter?.follow(operator, part.kind);
    if (operator instanceof SinkOperator) operator.meter = meter;
    if (operator instanceof SourceOperator) {
      operator.meter = meter;
      sources.add(operator, nameOf);
    }
  }
  for (const [name, operator] of operators) {
    operator.children = children.get(name) ?? [];
    options.trace?.follow(operator, topology.parts.get(name));
  }
  return { operators: [...operators.values()], sources };
}

function operatorOf(part: Part, { collector }: TaskOptions, nameOf: (topic: string) => string): Operator {
  switch (part.kind) {
    case "source":
      return new SourceOperator(part);
    case "processor":
      return beginning(part.name, part.supplier);
    case "sink":
      return new SinkOperator(part, typeof part.topic === "string" ? nameOf(part.topic) : undefined, collector);
  }
}
