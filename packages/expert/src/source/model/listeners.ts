import type { Entry, SettingsDocument } from "../../lint/document.ts";
import { LISTENER } from "../../lint/listener-entries.ts";
import type { CallCode, Code, FunctionCode } from "../code/code.ts";
import type { Constants } from "../code/constants.ts";
import { calledName, pathOf, type SourceCode, walk } from "../code/source-code.ts";
import type { Library } from "./library.ts";
import type { ProgramDocument } from "./program.ts";

/** Listeners of Spring in a file, each as a set of settings, and what it sets for the containers of all. */
export function listenersOf(code: SourceCode, libraries: readonly Library[], constants: Constants): readonly ProgramDocument[] {
  const library = libraries.find(({ id }) => id === "spring");
  if (!library) return [];
  const documents: SettingsDocument[] = [];
  for (const each of walk(code.root)) {
    if (each.kind !== "function") continue;
    for (const annotation of each.annotations)
      if (annotation.kind === "call" && calledName(annotation.callee) === "KafkaListener")
        documents.push(...listenerDocuments(code.path, each, annotation, constants));
  }
  const containers = containerEntries(code, constants);
  if (containers.length > 0)
    documents.push({ file: code.path, part: "containers of listeners", kind: "listener", entries: containers, isPartial: true });
  return documents.map((document) => ({ document, library, isOpen: true, assumed: new Set() }));
}

/** The listener, and what it gives its own consumer. */
function listenerDocuments(file: string, listener: FunctionCode, annotation: CallCode, constants: Constants): readonly SettingsDocument[] {
  const entries: Entry[] = [];
  const given = new Map(annotation.args.flatMap((arg) => (arg.kind === "named" ? [[arg.name, arg.value] as const] : [])));
  const add = (key: string, value: Code | undefined): void => {
    const text = value && constants.value(value);
    if (value && text !== undefined) entries.push({ key, value: text, line: value.line });
    // What is worked out elsewhere is a value that nobody knows here.
    else if (value) entries.push({ key, value: "${…}", line: value.line });
  };
  for (const topic of itemsOf(given.get("topics"))) add(LISTENER.topic, topic);
  // An id is the group where no group is named.
  add("group.id", given.get("groupId") ?? (isFalse(given.get("idIsGroup"), constants) ? undefined : given.get("id")));
  add(LISTENER.concurrency, given.get("concurrency"));
  add(LISTENER.factory, given.get("containerFactory"));
  for (const property of itemsOf(given.get("properties"))) {
    const [, key, value] = /^\s*([\w.-]+)\s*[=:\s]\s*(.*?)\s*$/s.exec(constants.value(property) ?? "") ?? [];
    if (key !== undefined) entries.push({ key, value: value!, line: property.line });
  }
  const types = listener.parameters.map(({ type }) => /(?:^|\.)(Acknowledgment|Consumer)\b/.exec(type ?? "")?.[1]);
  const by = types.find((type) => type === "Acknowledgment") ?? types.find((type) => type !== undefined) ?? "nothing";
  entries.push({ key: LISTENER.acknowledges, value: by, line: annotation.line });
  const part = `listener ${listener.name ?? "without a name"}`;
  const own = entries.filter(({ key }) => !key.startsWith("listener."));
  return [
    { file, part, kind: "listener", entries, isPartial: true },
    ...(own.some(({ key }) => key !== "group.id") ? [{ file, part, kind: "consumer" as const, entries: own, isPartial: true }] : []),
  ];
}

/** `factory.getContainerProperties().setAckMode(AckMode.MANUAL)`, `containerProperties.ackMode = …`, `factory.setConcurrency(3)`. */
function containerEntries(code: SourceCode, constants: Constants): readonly Entry[] {
  const entries: Entry[] = [];
  const add = (key: string, value: Code | undefined): void => {
    // A constant of Spring's is known by its name.
    if (value) entries.push({ key, value: constants.value(value) ?? pathOf(value)?.split(".").at(-1) ?? "${…}", line: value.line });
  };
  for (const call of constants.calls) {
    if (call.callee.kind !== "member") continue;
    if (call.callee.name === "setAckMode") add(LISTENER.ackMode, call.args[0]);
    if (call.callee.name === "setConcurrency") add(LISTENER.concurrency, call.args[0]);
  }
  for (const each of walk(code.root)) {
    if (each.kind !== "assign") continue;
    for (const target of each.targets) if (target.kind === "member" && target.name === "ackMode") add(LISTENER.ackMode, each.value);
  }
  return entries;
}

function itemsOf(code: Code | undefined): readonly Code[] {
  if (!code) return [];
  return code.kind === "list" ? code.items : code.kind === "block" ? code.items.flatMap(itemsOf) : [code];
}

function isFalse(code: Code | undefined, constants: Constants): boolean {
  return code !== undefined && constants.value(code) === "false";
}
