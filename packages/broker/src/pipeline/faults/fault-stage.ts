import type { Clock, Logger } from "@ottla/base";
import { apiInfo, ErrorCode, madeWhole } from "@ottla/protocol";
import { type AnyHandler, CloseConnectionError, type RequestContext } from "../../handler.ts";
import type { FaultInjection } from "../fault-injection.ts";
import { answerShapes, type AnswerShape } from "./answer-shapes.ts";
import type { Fault } from "./fault.ts";
import type { ApiName, FaultMatch, SeenRequest } from "./fault-spec.ts";
import type { FaultTable } from "./fault-table.ts";
import { isOfWhole, merge, meansTopic, overlay, type Refusal, split, wholeAnswer } from "./refuse.ts";
import { type Fields, namesIn, type NamedTopic, type RequestNames, type TopicNameOf } from "./request-names.ts";

/** What is to happen to one request. */
interface Encounter {
  readonly request: SeenRequest;
  /** What is left to be handled; undefined: nothing. */
  rest: Fields | undefined;
  /** Answers to what is not handled. */
  readonly refused: Fields[];
  /** Errors to be laid over the answer. */
  readonly overlays: Refusal[];
  readonly waitsBefore: Fault[];
  readonly waitsAfter: Fault[];
  readonly edits: Fault[];
  lost: Fault | undefined;
}

/**
 * The stage between decoding and handling at which faults happen. It decides by what is in the request and by the table alone; who armed the faults, and through which
 * door, it does not know.
 */
export class FaultStage implements FaultInjection {
  readonly #table: FaultTable;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Ends of what waits for nothing but the end of the broker. */
  readonly #waiting = new Set<() => void>();
  #isStopped = false;

  constructor(table: FaultTable, deps: { readonly clock: Clock; readonly logger: Logger }) {
    this.#table = table;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  get isArmed(): boolean {
    return this.#table.isArmed;
  }

  run(call: RequestContext, handler: AnyHandler, request: unknown, handle: (request: unknown) => unknown): unknown {
    if (!this.#table.concerns(call.clientId)) return handle(request);
    const shape = answerShapes[handler.api.name as ApiName];
    const encounter = this.#meet(call, handler, request as Fields, shape);
    if (encounter.waitsBefore.length === 0) return this.#carryOut(call, shape, encounter, handle);
    // What comes behind it on this connection must not overtake it.
    call.answerBeforeNext();
    return this.#wait(call, encounter.waitsBefore, encounter.request).then(() => this.#carryOut(call, shape, encounter, handle));
  }

  ended(call: RequestContext, { api }: AnyHandler): void {
    if (this.#table.concerns(call.clientId)) this.#table.ended(api.name);
  }

  /** Lets go of everything that waits, so that a broker can stop: connections close, as those of a broker that goes down. */
  stop(): void {
    this.#isStopped = true;
    for (const end of [...this.#waiting]) end();
  }

  #meet(call: RequestContext, handler: AnyHandler, request: Fields, shape: AnswerShape | undefined): Encounter {
    const nameOf = nameLookup(call);
    let names = namesOf(call, handler, request, nameOf);
    const seen = seenAs(call, handler, request, names);
    const encounter: Encounter = {
      request: seen,
      rest: request,
      refused: [],
      overlays: [],
      waitsBefore: [],
      waitsAfter: [],
      edits: [],
      lost: undefined,
    };
    for (const fault of this.#table.all()) {
      if (encounter.rest === undefined || encounter.lost?.plan.loses === "request") break;
      const refuses = fault.plan.errorCodes.length > 0;
      if (refuses && shape === undefined) continue;
      if (!fault.isAbout(handler.api.key, seen, names)) continue;
      if (!fault.take(seen)) {
        if (fault.failure !== undefined) this.#logger.error("a hook of a fault threw", { fault: fault.id, error: fault.failure });
        continue;
      }
      const errorCode = fault.errorCode();
      if (shape && errorCode !== undefined && errorCode !== ErrorCode.NONE) {
        refuse(encounter, shape, { match: fault.plan.spec, errorCode }, nameOf);
        names = without(encounter.rest === undefined ? names : namesOf(call, handler, encounter.rest, nameOf), encounter.overlays);
      }
      note(encounter, fault);
    }
    return encounter;
  }

  #carryOut(call: RequestContext, shape: AnswerShape | undefined, encounter: Encounter, handle: (request: unknown) => unknown): unknown {
    const { lost, rest } = encounter;
    if (lost?.plan.loses === "request") return this.#lose(call, lost);
    const answer = rest === undefined ? undefined : handle(rest);
    const needsAnswer = lost !== undefined || encounter.waitsAfter.length > 0;
    if (answer instanceof Promise || needsAnswer) return this.#finishLater(call, shape, encounter, answer);
    return this.#finish(call, shape, encounter, answer);
  }

  async #finishLater(call: RequestContext, shape: AnswerShape | undefined, encounter: Encounter, pending: unknown): Promise<unknown> {
    const answer = await pending;
    if (encounter.waitsAfter.length > 0) await this.#wait(call, encounter.waitsAfter, encounter.request);
    if (encounter.lost) return this.#lose(call, encounter.lost);
    return this.#finish(call, shape, encounter, answer);
  }

  /** Puts errors and edits into the answer. */
  #finish(call: RequestContext, shape: AnswerShape | undefined, encounter: Encounter, answered: unknown): unknown {
    const { refused, overlays, rest, edits } = encounter;
    if (refused.length + overlays.length + edits.length === 0) return answered;
    const given = answered === undefined ? undefined : madeWhole(answered as Fields);
    if (shape && (refused.length > 0 || overlays.length > 0)) {
      if (!isAnswered(encounter.request.body))
        throw new CloseConnectionError("a fault refused a request that wants no answer, as a broker tells its failure");
      if (rest !== undefined && given === undefined) return given;
      let answer = (given ?? refused[0]) as Fields;
      for (const part of given === undefined ? refused.slice(1) : refused) answer = merge(shape, answer, part);
      const nameOf = nameLookup(call);
      for (const refusal of overlays.toReversed()) answer = overlay(shape, answer, refusal, nameOf, unansweredTopics(call, rest));
      return this.#edited(encounter, answer);
    }
    return given === undefined ? given : this.#edited(encounter, given);
  }

  #edited({ edits, request }: Encounter, given: unknown): unknown {
    let answer = given as Fields;
    for (const fault of edits) {
      try {
        answer = fault.plan.hooks.edit!(answer, request);
      } catch (error) {
        fault.fail(error);
        this.#logger.error("a hook of a fault threw", { fault: fault.id, error });
      }
    }
    return answer;
  }

  /** The request, or its answer, is lost. */
  #lose(call: RequestContext, { id, plan }: Fault): Promise<undefined> | never {
    const reason = `fault ${id} lost the ${plan.loses}`;
    if (plan.connection !== "hang") throw new CloseConnectionError(reason, plan.connection);
    call.answerBeforeNext();
    return this.#untilOver(call).then(() => undefined);
  }

  /** Resolves when the connection or the broker ends, or earlier. */
  #untilOver(call: RequestContext, earlier?: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        forget();
        resolve();
      };
      const forget = this.#onEnd(call, end);
      void earlier?.then(end);
    });
  }

  async #wait(call: RequestContext, faults: readonly Fault[], request: SeenRequest): Promise<void> {
    for (const fault of faults) {
      const { spec, hooks } = fault.plan;
      if (spec.delayMs !== undefined) await this.#delay(call, spec.delayMs);
      if (spec.hold && !fault.isRemoved) await fault.held((end) => this.#onEnd(call, end));
      if (hooks.wait) await this.#untilOver(call, settled(fault, hooks.wait, request));
    }
    if (this.#isStopped) throw new CloseConnectionError("the broker stops while a fault holds the request");
  }

  #delay(call: RequestContext, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.schedule(delayMs, () => {
        forget();
        resolve();
      });
      const forget = this.#onEnd(call, () => {
        forget();
        timer.cancel();
        resolve();
      });
    });
  }

  /** Calls `end` when the connection or the broker ends. Returns the way to take that back. */
  #onEnd(call: RequestContext, end: () => void): () => void {
    this.#waiting.add(end);
    const unlisten = call.session.closed.onClosed(() => process.nextTick(end));
    return () => {
      this.#waiting.delete(end);
      unlisten();
    };
  }
}

async function settled(
  fault: Fault,
  wait: (request: SeenRequest) => PromiseLike<unknown> | undefined,
  request: SeenRequest,
): Promise<void> {
  try {
    await wait(request);
  } catch (error) {
    fault.fail(error);
  }
}

function note(encounter: Encounter, fault: Fault): void {
  const { spec, hooks, waitsBefore, loses } = fault.plan;
  if (spec.delayMs !== undefined || spec.hold || hooks.wait)
    (waitsBefore === "answer" ? encounter.waitsAfter : encounter.waitsBefore).push(fault);
  if (hooks.edit) encounter.edits.push(fault);
  if (loses) encounter.lost ??= fault;
}

function refuse(encounter: Encounter, shape: AnswerShape, refusal: Refusal, nameOf: TopicNameOf): void {
  const { rest } = encounter;
  if (rest === undefined) return;
  if (shape.isOverlaid && !isOfWhole(shape, refusal)) {
    // Whoever is to hear of an error hears it at once.
    if ("maxWaitMs" in rest) encounter.rest = { ...rest, maxWaitMs: 0 };
    encounter.overlays.push(refusal);
    return;
  }
  const { rest: left, refused } = shape.isOverlaid
    ? { rest: undefined, refused: wholeAnswer(shape, refusal.errorCode) }
    : split(shape, rest, refusal, nameOf);
  encounter.rest = left;
  encounter.refused.push(refused);
}

function seenAs(call: RequestContext, handler: AnyHandler, body: Fields, names: RequestNames): SeenRequest {
  return {
    api: (apiInfo(handler.api.key)?.name ?? handler.api.name) as ApiName,
    version: call.version,
    node: call.session.nodeId,
    clientId: call.clientId,
    connectionId: call.session.id,
    topics: [...new Set(names.topics.map(({ topic }) => topic))],
    groups: names.groups,
    transactionalIds: names.transactionalIds,
    body,
  };
}

function nameLookup({ broker }: RequestContext): TopicNameOf {
  return (topicId) => broker.metadata.topicById(topicId)?.name ?? "";
}

/** What a request is about: what it names, what its fetch session watches, or all topics where it asks for all. */
function namesOf(call: RequestContext, { api }: AnyHandler, request: Fields, nameOf: TopicNameOf): RequestNames {
  const names = namesIn(request, nameOf);
  if (api.name === "Fetch") names.topics.push(...sessionTopics(call, request));
  const asksForAll = api.name === "Metadata" ? request["topics"] === null || call.version === 0 : api.name === "DescribeTopicPartitions";
  if (asksForAll && names.topics.length === 0) {
    for (const { name, topicId } of call.broker.metadata.topics()) names.topics.push({ topic: name, topicId, partitions: undefined });
  }
  return names;
}

/** The partitions that a fetch session watches beside those that the request names. */
function sessionTopics({ broker }: RequestContext, request: Fields): NamedTopic[] {
  const session = broker.fetches.sessions.get(request["sessionId"] as number);
  const watched = session?.partitions.inTurn() ?? [];
  return watched.map(({ topic, topicId, index }) => ({
    topic: topic === "" ? (broker.metadata.topicById(topicId)?.name ?? "") : topic,
    topicId,
    partitions: [index],
  }));
}

/** Partitions that an answer may be silent about although an error is to stand at them. */
function unansweredTopics(call: RequestContext, request: Fields | undefined): readonly NamedTopic[] {
  return request && "sessionId" in request ? sessionTopics(call, request) : [];
}

/** Leaves out the topics that have an error already. */
function without(names: RequestNames, overlays: readonly { readonly match: FaultMatch }[]): RequestNames {
  return { ...names, topics: names.topics.filter((topic) => !overlays.some(({ match }) => meansTopic(match, topic))) };
}

/** False for a Produce that wants no acknowledgement. */
function isAnswered(request: Fields): boolean {
  return request["acks"] !== 0;
}
