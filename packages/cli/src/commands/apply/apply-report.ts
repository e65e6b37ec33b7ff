import { OttlaError } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { printSeconds } from "@ottla/expert";
import type { ApplyListener, UndoListener } from "@ottla/expert/apply";
import { type Plan, type PlanStep, sentenceOf } from "@ottla/expert/plan";
import type { CommandContext } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";

interface ReportedStep {
  readonly id: string;
  readonly step: string;
  readonly outcome: string;
  readonly error?: { readonly code: string; readonly message: string };
}

const WORDS: Readonly<Record<string, string>> = {
  done: "done",
  already: "is so already",
  left: "is left to you",
  undone: "taken back",
  noWayBack: "has no way back, and stays",
  toDo: "can be done",
};

/** Tells people what happens as it happens, and programs what has happened at the end. */
export class ApplyReport {
  readonly #context: CommandContext;
  readonly #digest: string;
  readonly #plan: Plan;
  readonly #style: TextStyle;
  readonly #steps: ReportedStep[] = [];
  readonly #isJson: boolean;
  #begunMs = 0;
  #begunStep: string | undefined;
  #fails = false;

  constructor(context: CommandContext, digest: string, plan: Plan) {
    this.#context = context;
    this.#digest = digest;
    this.#plan = plan;
    this.#style = textStyle(context.stdout, context.env);
    this.#isJson = context.options.has("json");
  }

  /** How many steps there are to go. */
  start(count: number): void {
    const all = this.#plan.steps.length;
    this.#print(count === all ? shown`${all} step${all === 1 ? "" : "s"}.\n` : shown`${count} of ${all} steps.\n`);
  }

  declined(): 1 {
    this.#context.stderr.write("ottla: Nothing was done.\n");
    return 1;
  }

  listener(): ApplyListener {
    return {
      begun: (step) => this.#begin(step),
      progress: (step, text) => this.#progress(step, text),
      ended: (step, outcome) => this.#ended(step, outcome),
    };
  }

  undoListener(): UndoListener {
    return {
      begun: (step) => this.#begin(step),
      progress: (step, text) => this.#progress(step, text),
      ended: (step, outcome) => {
        this.#ended(step, outcome);
        if (outcome === "noWayBack") this.#fails = true;
      },
    };
  }

  /** What a look at a step has shown. */
  looked(step: PlanStep, outcome: "toDo" | "already" | "left" | OttlaError): void {
    if (typeof outcome === "string") {
      this.#ended(step, outcome);
      return;
    }
    this.#fails = true;
    const { code, message } = outcome;
    this.#steps.push({ id: step.id, step: sentenceOf(step.change), outcome: "failed", error: { code, message } });
    this.#print(shown`${step.id}. ${sentenceOf(step.change)} `);
    this.#print(`${this.#style.yellow("cannot be done")}: ${shown`${message}`} (${code})\n`);
  }

  /** Runs it and tells how it ended; what broke it is thrown on after that. */
  async end(run: () => Promise<void>): Promise<0 | 1> {
    let broken: Error | undefined;
    try {
      await run();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      broken = error;
      this.#print(this.#context.signal.aborted ? "Interrupted; the same command with --resume goes on, --undo takes it back.\n" : "");
    }
    if (this.#isJson)
      printJson(this.#context, { digest: this.#digest, ok: broken === undefined && !this.#fails, steps: this.#steps, ...errorOf(broken) });
    if (broken !== undefined) throw broken;
    return this.#fails ? 1 : 0;
  }

  #begin(step: PlanStep): void {
    this.#begunMs = systemClock.monotonicMs();
    this.#begunStep = step.id;
    this.#print(shown`${step.id}. ${sentenceOf(step.change)} …\n`);
  }

  #progress(_step: PlanStep, text: string): void {
    this.#print(`   ${this.#style.dim(shown`${text}`)}\n`);
  }

  #ended(step: PlanStep, outcome: string): void {
    this.#steps.push({ id: step.id, step: sentenceOf(step.change), outcome });
    const words = WORDS[outcome] ?? outcome;
    const isOfBefore = this.#begunStep !== step.id;
    if (outcome === "done" && isOfBefore) this.#print(shown`${step.id}. ${sentenceOf(step.change)} was done before.\n`);
    else if (outcome === "done" || outcome === "undone" || outcome === "noWayBack") {
      const took = printSeconds((systemClock.monotonicMs() - this.#begunMs) / 1000);
      this.#print(`   ${outcome === "noWayBack" ? words : this.#style.green(words)} (${took})\n`);
    } else this.#print(shown`${step.id}. ${sentenceOf(step.change)} ${words}.\n`);
  }

  #print(text: string): void {
    if (!this.#isJson) this.#context.stdout.write(text);
  }
}

function errorOf(broken: Error | undefined): { readonly error?: { readonly code: string; readonly message: string } } {
  if (broken === undefined) return {};
  const { code, message } = broken instanceof OttlaError ? broken : { code: "UNEXPECTED", message: broken.message };
  return { error: { code, message } };
}
