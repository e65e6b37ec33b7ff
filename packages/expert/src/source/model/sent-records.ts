import type { Code, MapCode } from "../code/code.ts";
import { keyText } from "../code/constants.ts";
import { calledName, pathOf } from "../code/source-code.ts";
import { callsIn, callsOf, functionAround } from "./context.ts";
import type { ClientCall, Program } from "./program.ts";

/** The parts of a record that a send is given, as far as they are written there. */
export interface SentRecord {
  readonly topic: string | undefined;
  readonly hasKey: boolean;
  /** Where it is written at the call itself. */
  readonly key: Code | undefined;
  readonly headers: Code | undefined;
  readonly at: Code;
}

/** A topic that a program writes to, and whether with a key. */
export interface TopicSend {
  readonly file: string;
  readonly line: number;
  readonly topic: string;
  readonly hasKey: boolean;
}

/** What a program sends to topics that it names; nothing of tests and of blocks in documents. */
export function topicSends(program: Program): readonly TopicSend[] {
  if (program.isTest || program.isBlock) return [];
  return callsOf(program, "send", "enqueue").flatMap((call) =>
    sentRecords(program, call).flatMap(({ topic, hasKey, at }) =>
      topic === undefined ? [] : [{ file: program.path, line: at.line, topic, hasKey }],
    ),
  );
}

/** What a send is given, where it is written as a literal. */
export function sentRecords(program: Program, { call, library }: ClientCall): readonly SentRecord[] {
  const { constants } = program;
  const [first, second] = call.args;
  if (!first) return [];
  const given = constants.resolve(first);
  if (library.languages.includes("typescript")) return given.kind === "map" ? literalRecords(program, given) : [];
  if (library.languages.includes("python")) return [pythonRecord(program, call, first)];
  if (given.kind === "call" && calledName(given.callee) === "ProducerRecord" && given.args[0])
    return [
      {
        topic: constants.value(given.args[0]),
        hasKey: given.args.length !== 2,
        key:
          given.args.length === 2 ? undefined : given.args[Math.min(given.args.length, 5) === 3 ? 1 : Math.min(given.args.length, 5) - 2],
        headers: headersAdded(program, first) ?? given.args[5],
        at: given.start >= call.start ? call : given,
      },
    ];
  if (library.id === "spring" && second)
    return [
      {
        topic: constants.value(first),
        hasKey: call.args.length !== 2,
        key: call.args.length === 3 ? second : undefined,
        headers: undefined,
        at: call,
      },
    ];
  return [];
}

/** `produce(topic, value, key)`, `send(topic, value, key)`, or by names. */
function pythonRecord({ constants }: Program, call: ClientCall["call"], first: Code): SentRecord {
  const named = new Map(call.args.flatMap((arg) => (arg.kind === "named" ? [[arg.name, arg.value] as const] : [])));
  const inOrder = call.args.filter(({ kind }) => kind !== "named");
  return {
    topic: constants.value(first.kind === "named" ? first.value : first),
    hasKey: named.has("key") || inOrder.length > 2,
    key: named.get("key") ?? inOrder[2],
    headers: call.args.find((arg) => arg.kind === "named" && arg.name === "headers"),
    at: call,
  };
}

function literalRecords(program: Program, given: MapCode): readonly SentRecord[] {
  const entry = (map: MapCode, name: string): Code | undefined => map.entries.find(({ key }) => key && keyText(key) === name)?.value;
  const topicCode = entry(given, "topic");
  const topic = topicCode && program.constants.value(topicCode);
  const messages = entry(given, "messages");
  const list = messages && program.constants.resolve(messages);
  const records = list?.kind === "list" ? list.items.map((item) => program.constants.resolve(item)) : entry(given, "value") ? [given] : [];
  return records.flatMap((record) =>
    record.kind === "map"
      ? [
          {
            topic,
            hasKey: record.entries.some(({ key }) => key === undefined || keyText(key) === "key"),
            key: entry(record, "key"),
            headers: entry(record, "headers") ?? (record.entries.some(({ key }) => key === undefined) ? record : undefined),
            at: record,
          },
        ]
      : [],
  );
}

/** Where headers are added to the record of this name. */
function headersAdded(program: Program, record: Code): Code | undefined {
  const name = pathOf(record);
  const around = functionAround(record);
  if (name === undefined || !around) return undefined;
  return callsIn(around).some(
    ({ callee }) => callee.kind === "member" && callee.object.kind === "call" && calledName(callee.object.callee) === "headers",
  )
    ? around
    : undefined;
}
