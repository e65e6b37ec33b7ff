import { createInterface } from "node:readline";
import { KAFKA_VERSION } from "../kafka/jars.ts";
import { startStreamsProgram } from "../kafka/java-tool.ts";
import type { Child } from "../process/child.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import type { CaseAnswer, StreamsCase } from "./case.ts";
import { toRaw } from "./case-values.ts";

/** A run of many minutes compiles what is hot; the heap holds one case and its answer. */
const JVM = ["-Xms256m", "-Xmx768m", "-XX:+UseSerialGC", "-Xshare:auto"];

/** Java's TopologyTestDriver in one process for all cases. Answers come in the order of the questions. */
export class JavaJudge {
  readonly #child: Child;
  readonly #folder: string;
  readonly #waiting: { resolve(answer: CaseAnswer): void; reject(error: Error): void }[] = [];

  private constructor(child: Child, folder: string) {
    this.#child = child;
    this.#folder = folder;
    createInterface({ input: child.process.stdout! }).on("line", (line) => {
      const { steps, ...rest } = JSON.parse(line) as Omit<CaseAnswer, "by">;
      this.#waiting.shift()!.resolve({ by: `Apache Kafka ${KAFKA_VERSION}`, ...rest, steps });
    });
    child.process.stdin!.on("error", () => {});
    void child.exited.then((status) => {
      const error = new Error(`Java ended with ${status} before it answered: ${child.outputTail().slice(-2000)}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  static async start(): Promise<JavaJudge> {
    const folder = makeTemporaryFolder("streams-judge");
    return new JavaJudge(await startStreamsProgram("StreamsJudge", [folder], { jvm: JVM }), folder);
  }

  /** What Java makes of the case. Rejects when the process is gone. */
  ask(asked: StreamsCase): Promise<CaseAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.process.stdin!.write(`${JSON.stringify(toRaw(asked))}\n`);
    });
  }

  async close(): Promise<void> {
    this.#child.process.stdin!.end();
    await this.#child.exited;
    removeTemporaryFolder(this.#folder);
  }
}
