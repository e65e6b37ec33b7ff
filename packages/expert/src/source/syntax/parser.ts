import { Worker } from "node:worker_threads";
import { systemClock } from "@ottla/base/node";
import type { GrammarName } from "./language.ts";
import type { PackedTree } from "./packed-tree.ts";
import { type FromParser, type GrammarNames, PARSER_THREAD, type ToParser } from "./parser-messages.ts";

/** What a text may cost. */
export interface ParserLimits {
  /** For the parser's own work; what does not even look at the clock is ended after twice that. */
  readonly timeMaxMs: number;
  /** Of JavaScript's memory on the thread; the parser's own has its bound in load-grammar. */
  readonly heapMaxMb: number;
}

/** A tree with its grammar's names. */
export interface NamedTree extends PackedTree {
  readonly names: GrammarNames;
}

/**
 * Parses on a thread of its own: whatever a text does to the parser, the next one is parsed by a new one, and the caller's loop stays free. The thread starts at the first
 * text, and never keeps the process. Texts wait in line.
 */
export class SourceParser {
  readonly #limits: ParserLimits;
  readonly #names = new Map<GrammarName, GrammarNames>();
  #thread: Promise<ParserThread> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limits: ParserLimits) {
    this.#limits = limits;
  }

  /** The tree, or in a sentence why there is none. */
  parse(text: string, grammar: GrammarName): Promise<NamedTree | string> {
    const turn = this.#last.then(() => this.#parse(text, grammar));
    this.#last = turn;
    return turn;
  }

  async #parse(text: string, grammar: GrammarName): Promise<NamedTree | string> {
    let answer: FromParser;
    try {
      const thread = await (this.#thread ??= ParserThread.start(this.#limits));
      answer = await thread.ask({ text, grammar });
      if (answer.type === "broken") await thread.end();
    } catch {
      answer = { type: "broken" };
    }
    if (answer.type === "broken") this.#thread = undefined;
    if (answer.type === "late")
      return `Parsing it takes longer than ${this.#limits.timeMaxMs / 1000} s, or far longer than a program of its size does.`;
    if (answer.type !== "parsed") return "The parser broke down at this file.";
    if (answer.names) this.#names.set(grammar, answer.names);
    return { ...answer.tree, names: this.#names.get(grammar)! };
  }
}

class ParserThread {
  readonly #worker: Worker;
  readonly #timeMaxMs: number;
  #waiting: ((answer: FromParser) => void) | undefined;
  #hasEnded = false;

  private constructor(worker: Worker, timeMaxMs: number) {
    this.#worker = worker;
    this.#timeMaxMs = timeMaxMs;
    worker.on("message", (answer: FromParser) => this.#take(answer));
    worker.on("error", () => this.#ended());
    worker.on("exit", () => this.#ended());
  }

  static async start({ timeMaxMs, heapMaxMb }: ParserLimits): Promise<ParserThread> {
    const { parserThread } = await import("./parser-thread.ts");
    const worker = new Worker(parserThread, {
      name: PARSER_THREAD,
      workerData: { role: PARSER_THREAD, timeMaxMs },
      resourceLimits: { maxOldGenerationSizeMb: heapMaxMb },
      // A parser that breaks down prints so; what is said of its file says it better. Reading the streams would keep the process.
      stdout: true,
      stderr: true,
    });
    const thread = new ParserThread(worker, timeMaxMs);
    const answer = await new Promise<FromParser>((resolve) => (thread.#waiting = resolve));
    if (answer.type !== "ready") throw new Error("The parser's thread did not start.");
    worker.unref();
    return thread;
  }

  ask(message: ToParser): Promise<FromParser> {
    if (this.#hasEnded) return Promise.resolve({ type: "broken" });
    return new Promise((resolve) => {
      const timer = systemClock.schedule(2 * this.#timeMaxMs, () => this.#take({ type: "broken" }));
      this.#worker.ref();
      this.#waiting = (answer) => {
        timer.cancel();
        this.#worker.unref();
        resolve(answer);
      };
      this.#worker.postMessage(message);
    });
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#worker.terminate();
  }

  #take(answer: FromParser): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }

  #ended(): void {
    this.#hasEnded = true;
    this.#take({ type: "broken" });
  }
}
