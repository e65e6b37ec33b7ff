import type { SourceOperator } from "./source-operator.ts";

/** Which source reads a topic, by its name or by a pattern. */
export class TaskSources {
  readonly #byTopic = new Map<string, SourceOperator>();
  readonly #byPattern: SourceOperator[] = [];

  /** `nameOf` gives the name in the cluster of a topic of the application's own. */
  add(source: SourceOperator, nameOf: (topic: string) => string): void {
    if (source.part.pattern !== undefined) this.#byPattern.push(source);
    for (const topic of source.part.topics) this.#byTopic.set(nameOf(topic), source);
  }

  get(topic: string): SourceOperator | undefined {
    const named = this.#byTopic.get(topic);
    return named !== undefined || this.#byPattern.length === 0 ? named : this.#matching(topic);
  }

  #matching(topic: string): SourceOperator | undefined {
    return this.#byPattern.find(({ part }) => isWhole(part.pattern, topic));
  }
}

/** As Java matches: the pattern stands for the whole name. */
function isWhole(pattern: RegExp | undefined, topic: string): boolean {
  return pattern !== undefined && new RegExp(`^(?:${pattern.source})$`, pattern.flags.replaceAll(/[gy]/g, "")).test(topic);
}
