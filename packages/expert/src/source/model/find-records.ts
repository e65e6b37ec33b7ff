import type { CallCode, Code, FunctionCode, LoopCode } from "../code/code.ts";
import type { Constants } from "../code/constants.ts";
import { ancestorsOf, calledName, isWithin, pathOf, type SourceCode, walk } from "../code/source-code.ts";
import type { SourceNote } from "../project/source-note.ts";
import type { GivenHandler } from "../project/surroundings.ts";
import { bareType } from "./find-clients.ts";
import type { Library } from "./library.ts";
import type { ClientCall, RecordScope } from "./program.ts";

/** Records lead to records; what is longer is no such thing. */
const STEPS_MAX = 8;
/** What gives the records of a whole: `records.records(partition)`, `batch.messages`. */
const PARTS =
  /^(records|partitions|iterator|values|items|Records|RecordIter|messages|entries|stream|asSequence|Messages|asList|toList|topics|keySet|entrySet|list|keys)$/;
/** What gives several at a time. */
const OF_BATCHES = /^(batches|partitions|items|entries|entrySet|keySet|keys|topics)$/;
const TYPES = /^(ConsumerRecords|ConsumerBatch|EachBatchPayload|Fetches|ShareRecords)$/;

/** Where records come from, as far as the file says. */
interface Origin {
  readonly library: Library;
  readonly call: ClientCall | undefined;
}

/** Where a program handles records one at a time. */
export class RecordFinder {
  readonly #code: SourceCode;
  readonly #constants: Constants;
  readonly #calls: ReadonlyMap<CallCode, ClientCall>;
  readonly #loops: readonly LoopCode[];
  readonly #libraries: readonly Library[];
  readonly #given: readonly GivenHandler[];

  constructor(
    code: SourceCode,
    used: readonly Library[],
    calls: readonly ClientCall[],
    constants: Constants,
    given: readonly GivenHandler[],
  ) {
    this.#given = given;
    this.#code = code;
    this.#constants = constants;
    this.#libraries = used;
    this.#calls = new Map(calls.map((each) => [each.call, each]));
    this.#loops = [...walk(code.root)].filter((each) => each.kind === "loop");
  }

  scopes(): readonly RecordScope[] {
    const scopes = [...this.#handlers(), ...this.#loopScopes(), ...this.#callbacks(), ...this.#singlePolls()];
    // The innermost is where one record is at hand.
    return scopes.filter(
      (scope) => !scopes.some((other) => other !== scope && other.code !== scope.code && isWithin(other.code, scope.code)),
    );
  }

  /** Functions of other files that are handed to a consumer here, by the name that they have in this one. */
  handed(): SourceNote["handed"] {
    return [...this.#handlersByName()].flatMap(({ value, form, source }) => {
      const path = pathOf(value);
      const isImported = path !== undefined && this.#code.imports.some(({ as }) => as === path);
      return isImported && !this.functionOf(value) ? [{ as: path, library: source.library.id, form }] : [];
    });
  }

  pollLoops(): readonly Code[] {
    const loops = new Set<Code>();
    for (const { verb, call } of this.#calls.values()) {
      const loop = verb === "poll" ? nearestLoop(call) : undefined;
      if (loop) loops.add(loop);
    }
    return [...loops];
  }

  /** What is given to `run`, and what annotations make a listener. */
  *#handlers(): Generator<RecordScope> {
    for (const { value, form, source } of this.#handlersByName()) {
      const handler = this.functionOf(value);
      if (handler) yield* this.#scopesOfHandler(handler, form, source.library, source);
    }
    for (const { name, library, form } of this.#given)
      for (const handler of this.#constants.functions(name)) yield* this.#scopesOfHandler(handler, form, library, undefined);
    const spring = this.#libraries.find(({ id }) => id === "spring");
    if (!spring) return;
    for (const each of walk(this.#code.root)) {
      if (each.kind !== "function" || !each.annotations.some((annotation) => /(^|\.)KafkaListener$/.test(annotationName(annotation))))
        continue;
      const isBatch = each.parameters.some(({ type }) => /^(List|Collection|ConsumerRecords)\b/.test(type ?? ""));
      if (!isBatch) yield scopeOf(each, spring, undefined);
    }
  }

  *#scopesOfHandler(
    handler: FunctionCode,
    form: "record" | "batch",
    library: Library,
    source: ClientCall | undefined,
  ): Generator<RecordScope> {
    if (form === "record") return yield scopeOf(handler, library, source);
    for (const loop of this.#loops)
      if (isWithin(loop, handler) && loop.over && /(^|\.)messages$/.test(pathOf(loop.over) ?? ""))
        yield { code: loop, form: "loop", names: loop.names, library, source };
  }

  /** What `run` is given, by the names of its handlers. */
  *#handlersByName(): Generator<{ readonly value: Code; readonly form: "record" | "batch"; readonly source: ClientCall }> {
    for (const source of this.#calls.values()) {
      if (source.verb !== "run" || !source.library.handlers) continue;
      const given = source.call.args.map((arg) => this.#constants.resolve(arg)).find(({ kind }) => kind === "map");
      if (given?.kind !== "map") continue;
      for (const { key, value } of given.entries) {
        const name = key?.kind === "name" ? key.name : undefined;
        const form = name === undefined ? undefined : source.library.handlers[name];
        if (form) yield { value, form, source };
      }
    }
  }

  *#loopScopes(): Generator<RecordScope> {
    for (const loop of this.#loops) {
      const source = loop.over && this.#sourceOf(loop.over);
      if (!source || !loop.over) continue;
      if (source.library.pollsOne && source.call && loop.over === source.call.call) continue;
      const isOfBatches =
        OF_BATCHES.test(lastName(loop.over)) ||
        (source.call?.call.callee.kind === "member" && source.call.call.callee.name === "batches" && this.#isDirect(loop.over));
      if (!isOfBatches) yield { code: loop, form: "loop", names: loop.names, library: source.library, source: source.call };
    }
  }

  #isDirect(over: Code): boolean {
    return this.#calls.has(this.#constants.resolve(over) as CallCode);
  }

  /** `records.forEach(record -> …)`, `stream.on("data", …)`. */
  *#callbacks(): Generator<RecordScope> {
    for (const call of this.#constants.calls) {
      const { callee, args } = call;
      if (callee.kind !== "member") continue;
      const handler = args.map((arg) => this.functionOf(arg)).find((found) => found !== undefined);
      if (!handler) continue;
      if (/^(forEach|EachRecord|each|map|flatMap)$/.test(callee.name)) {
        const source = this.#sourceOf(callee.object);
        if (source && !OF_BATCHES.test(lastName(callee.object))) yield scopeOf(handler, source.library, source.call);
      } else if (callee.name === "on" && this.#constants.value(args[0]!) === "data") {
        const source = this.#sourceOf(callee.object) ?? this.#consumerCalled(callee.object);
        if (source) yield scopeOf(handler, source.library, source.call);
      }
    }
  }

  /** A loop whose poll gives one record. */
  *#singlePolls(): Generator<RecordScope> {
    for (const source of this.#calls.values()) {
      if (source.verb !== "poll" || !source.library.pollsOne || lastName(source.call) === "consume") continue;
      const loop = nearestLoop(source.call);
      if (loop) yield { code: loop, form: "loop", names: namesGiven(source.call), library: source.library, source };
    }
  }

  /** The function that is written here, or that a name in this file stands for. */
  functionOf(code: Code): FunctionCode | undefined {
    if (code.kind === "function") return code;
    const found = this.#constants.resolve(code);
    if (found.kind === "function" && !this.#constants.isElsewhere(found)) return found;
    const path = pathOf(code);
    if (path === undefined) return undefined;
    const named = this.#constants.functions(path.slice(path.lastIndexOf(".") + 1));
    return named.length === 1 ? named[0] : undefined;
  }

  /** Where records in this expression come from; undefined when it holds none. */
  #sourceOf(code: Code, steps = 0): Origin | undefined {
    if (steps > STEPS_MAX) return undefined;
    if (code.kind === "await" || code.kind === "exit") return code.kind === "await" ? this.#sourceOf(code.of, steps + 1) : undefined;
    const own = code.kind === "call" ? this.#calls.get(code) : undefined;
    if (own) return own.verb === "poll" || own.verb === "records" ? { library: own.library, call: own } : undefined;
    if (code.kind === "call" && code.callee.kind === "member") {
      if (code.callee.name === "Messages" && this.#code.language === "go") {
        const sarama = this.#libraries.find(({ id }) => id === "sarama");
        return sarama && { library: sarama, call: undefined };
      }
      return PARTS.test(code.callee.name) ? this.#sourceOf(code.callee.object, steps + 1) : undefined;
    }
    if (code.kind === "member" && PARTS.test(code.name)) return this.#sourceOf(code.object, steps + 1);
    if (code.kind === "operation") return code.operands.map((each) => this.#sourceOf(each, steps + 1)).find((found) => found !== undefined);
    if (code.kind !== "name" && code.kind !== "member") return undefined;
    const found = this.#constants.resolve(code);
    if (found !== code) return this.#sourceOf(found, steps + 1);
    return this.#consumerIterated(code) ?? this.#declaredRecords(code) ?? this.#outerLoop(code, steps);
  }

  /** `for message in consumer`, where the library allows that. */
  #consumerIterated(code: Code): Origin | undefined {
    const found = this.#consumerCalled(code);
    return found && (found.library.id === "kafka-python" || found.library.id === "aiokafka") ? found : undefined;
  }

  #consumerCalled(code: Code): Origin | undefined {
    const path = pathOf(code);
    const call =
      path === undefined ? undefined : [...this.#calls.values()].find((each) => each.role === "consumer" && each.receiver === path);
    if (call) return { library: call.library, call: undefined };
    const library = this.#libraries.find(({ id }) => id === "kafka-python" || id === "aiokafka" || id === "node-rdkafka");
    return library && /consumer$/i.test(path ?? "") ? { library, call: undefined } : undefined;
  }

  /** A parameter whose type says that it holds records. */
  #declaredRecords(code: Code): Origin | undefined {
    if (code.kind !== "name") return undefined;
    for (const each of ancestorsOf(code))
      if (each.kind === "function")
        for (const { names, type } of each.parameters)
          if (names.includes(code.name) && type !== undefined)
            return TYPES.test(bareType(type)) || /ConsumerRecord\b/.test(type)
              ? { library: this.#libraries[0]!, call: undefined }
              : undefined;
    return undefined;
  }

  /** A batch at hand in a loop over batches. */
  #outerLoop(code: Code, steps: number): Origin | undefined {
    if (code.kind !== "name") return undefined;
    for (const each of ancestorsOf(code))
      if (each.kind === "loop" && each.over && each.names.includes(code.name) && isWithin(code, each.body))
        return this.#sourceOf(each.over, steps + 1);
    return undefined;
  }
}

function scopeOf(handler: FunctionCode, library: Library, source: ClientCall | undefined): RecordScope {
  return { code: handler, form: "handler", names: handler.parameters.flatMap(({ names }) => names), library, source };
}

/** The loop that a call stands in, within its function. */
export function nearestLoop(code: Code): LoopCode | undefined {
  let inside: Code = code;
  for (const each of ancestorsOf(code)) {
    if (each.kind === "function") return undefined;
    if (each.kind === "loop" && each.over !== inside) return each;
    inside = each;
  }
  return undefined;
}

export function annotationName(code: Code): string {
  return pathOf(code.kind === "call" ? code.callee : code) ?? "";
}

function lastName(code: Code): string {
  return calledName(code.kind === "call" ? code.callee : code) ?? "";
}

function namesGiven(call: CallCode): readonly string[] {
  for (const each of ancestorsOf(call)) {
    if (each.kind === "assign") return each.targets.flatMap((target) => pathOf(target) ?? []);
    if (each.kind === "block" || each.kind === "function") return [];
  }
  return [];
}
