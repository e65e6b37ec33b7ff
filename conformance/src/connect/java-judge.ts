import { createInterface } from "node:readline";
import { startConnectProgram, startDebeziumCases } from "../kafka/java-tool.ts";
import type { Child } from "../process/child.ts";
import type { ConnectAnswer, ConnectCase } from "./case.ts";

const JVM = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-Xshare:auto", "-Duser.timezone=UTC", "-Duser.language=en", "-Duser.country=US"];

/** Apache Connect's transforms and converters in one process for all cases. Answers come in the order of the questions. */
export class JavaConnect {
  readonly #child: Child;
  readonly #waiting: { resolve(answer: ConnectAnswer): void; reject(error: Error): void }[] = [];

  private constructor(child: Child) {
    this.#child = child;
    createInterface({ input: child.process.stdout! }).on("line", (line) =>
      this.#waiting.shift()!.resolve(JSON.parse(line) as ConnectAnswer),
    );
    child.process.stdin!.on("error", () => {});
    void child.exited.then((status) => {
      const error = new Error(`Java ended with ${status} before it answered: ${child.outputTail().slice(-2000)}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  static async start(): Promise<JavaConnect> {
    return new JavaConnect(await startConnectProgram("ConnectCases", [], { jvm: JVM }));
  }

  /** With Debezium's transforms as well. */
  static async startWithDebezium(): Promise<JavaConnect> {
    return new JavaConnect(await startDebeziumCases({ jvm: JVM }));
  }

  /** Rejects when the process is gone. */
  askAll(cases: readonly ConnectCase[]): Promise<ConnectAnswer[]> {
    const answers = cases.map(() => new Promise<ConnectAnswer>((resolve, reject) => this.#waiting.push({ resolve, reject })));
    this.#child.process.stdin!.write(cases.map((asked) => `${JSON.stringify(asked)}\n`).join(""));
    return Promise.all(answers);
  }

  async close(): Promise<void> {
    this.#child.process.stdin!.end();
    await this.#child.exited;
  }
}
