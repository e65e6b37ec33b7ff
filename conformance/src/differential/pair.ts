import type { Api } from "@ottla/protocol";
import { waitUntil } from "../process/wait-until.ts";
import type { Answer, ClusterLink } from "./cluster-link.ts";
import { compareAnswers } from "./compare-answers.ts";
import { IdMap } from "./id-map.ts";
import type { AnswerDifference, KnownDifference } from "./known-difference.ts";
import { knownDifferences } from "./known-differences.ts";
import { translateToOurs } from "./translate.ts";

/** The two clusters answer differently, and nothing listed explains it. */
export class UnexplainedDifference extends Error {
  readonly differences: readonly AnswerDifference[];
  constructor(differences: readonly AnswerDifference[]) {
    super(`${differences.length} fields differ.`);
    this.differences = differences;
  }
}

/** A request and Kafka's answer to it. */
export interface Exchange {
  readonly api: string;
  readonly version: number;
  readonly request: unknown;
  readonly answer: unknown;
}

/** A listed difference after which the clusters hold different things. */
export class ScriptParted extends Error {}

/** Asks Kafka and ours the same, compares the answers, and hands Kafka's on. */
export class Pair {
  readonly kafka: ClusterLink;
  readonly ours: ClusterLink;
  readonly ids = new IdMap();
  /** How often each listed difference was met. */
  readonly met = new Map<KnownDifference, number>();
  /** What was asked so far, and Kafka's answers. */
  readonly transcript: Exchange[] = [];
  readonly #prefix: string;

  constructor(kafka: ClusterLink, ours: ClusterLink, prefix: string) {
    this.kafka = kafka;
    this.ours = ours;
    this.#prefix = prefix;
  }

  async ask<Request, Response>(
    api: Api<Request, Response>,
    version: number,
    request: Request,
    connection?: string,
  ): Promise<Answer<Response>> {
    const [kafka, ours] = await Promise.all([
      this.kafka.ask(api, version, request, connection),
      this.ours.ask(api, version, translateToOurs(request, this.ids), connection),
    ]);
    this.transcript.push({ api: api.name, version, request, answer: kafka });
    const rules = { api: api.name, ids: this.ids, prefix: this.#prefix, nowMs: Date.now() };
    this.#judge(compareAnswers(kafka, ours, rules).map((field) => ({ ...field, api: api.name, version, request })));
    return kafka;
  }

  /** Asks each cluster until its answer is as wanted; nothing is compared. For what a cluster does a little after it answered. */
  async until<Request, Response>(
    what: string,
    api: Api<Request, Response>,
    version: number,
    request: Request,
    isDone: (response: Response) => boolean,
  ): Promise<void> {
    const wait = (link: ClusterLink, own: Request) =>
      waitUntil(
        what,
        async () => {
          const answer = await link.ask(api, version, own, "wait");
          return typeof answer !== "string" && isDone(answer);
        },
        { everyMs: 5, timeoutMs: 60_000 },
      );
    await Promise.all([wait(this.kafka, request), wait(this.ours, translateToOurs(request, this.ids))]);
  }

  #judge(differences: readonly AnswerDifference[]): void {
    const unexplained: AnswerDifference[] = [];
    let isParted = false;
    for (const difference of differences) {
      const known = knownDifferences.find((each) => each.explains(difference));
      if (known === undefined) unexplained.push(difference);
      else this.met.set(known, (this.met.get(known) ?? 0) + 1);
      isParted ||= known?.parts === true;
    }
    if (unexplained.length > 0) throw new UnexplainedDifference(unexplained);
    if (isParted) throw new ScriptParted();
  }
}
