import { aclDocument } from "../acl-entries.ts";
import type { Entry } from "../document.ts";
import { type KafkaCommand, valueOf } from "../kafka-command.ts";
import { topicDocument } from "../topic-entries.ts";
import type { FoundDocument } from "./source-file.ts";

/** What calls of Kafka's tools make: topics and rules of who may do what, as if they stood in a file. */
export function commandDocuments(commands: readonly KafkaCommand[]): readonly FoundDocument[] {
  return commands.flatMap((command) => {
    const has = (option: string): boolean => command.options.some(({ name }) => name === option);
    if (command.tool === "topics" && has("create")) return createdTopic(command);
    if (command.tool === "configs" && has("alter") && valueOf(command, "entity-type")?.text === "topics") return alteredTopic(command);
    if (command.tool === "acls" && has("add")) return addedRules(command);
    return [];
  });
}

function createdTopic(command: KafkaCommand): readonly FoundDocument[] {
  const name = valueOf(command, "topic");
  if (!name) return [];
  const place = (option: string) => {
    const value = valueOf(command, option);
    return value && { value: value.text, line: value.line };
  };
  const document = topicDocument({
    file: command.file,
    name: name.text,
    line: name.line,
    partitions: place("partitions"),
    replicationFactor: place("replication-factor"),
    settings: pairsOf(command, "config"),
  });
  // A command cut short says less than was meant.
  return [{ document: command.brokenAt === undefined ? document : { ...document, isPartial: true } }];
}

function alteredTopic(command: KafkaCommand): readonly FoundDocument[] {
  const name = valueOf(command, "entity-name");
  if (!name) return [];
  const settings = pairsOf(command, "add-config");
  return [{ document: { ...topicDocument({ file: command.file, name: name.text, line: name.line, settings }), isPartial: true } }];
}

function pairsOf({ options }: KafkaCommand, option: string): readonly Entry[] {
  return options
    .filter(({ name }) => name === option)
    .flatMap(({ values }) => values)
    .flatMap(({ text, line }) => text.split(/,(?=[\w.]+=)/).map((pair) => ({ pair, line })))
    .flatMap(({ pair, line }): Entry[] => {
      const equals = pair.indexOf("=");
      return equals < 0 ? [] : [{ key: pair.slice(0, equals), value: pair.slice(equals + 1).replace(/^\[(.*)\]$/s, "$1"), line }];
    });
}

const RESOURCES = ["topic", "group", "cluster", "transactional-id", "delegation-token", "user-principal"];

function addedRules(command: KafkaCommand): readonly FoundDocument[] {
  const values = (option: string) =>
    command.options.filter(({ name }) => name === option).flatMap((each) => each.values.map(({ text }) => text));
  const resources = RESOURCES.flatMap((type) => {
    const names = values(type);
    return names.length > 0
      ? names.map((name) => ({ type, name }))
      : command.options.some(({ name }) => name === type)
        ? [{ type, name: "kafka-cluster" }]
        : [];
  });
  const operations = [...values("operation"), ...(command.options.some(({ name }) => name === "producer") ? ["write"] : [])];
  return values("allow-principal").flatMap((principal) =>
    resources.flatMap(({ type, name }) =>
      (operations.length > 0 ? operations : command.options.some(({ name: given }) => given === "consumer") ? ["read"] : ["all"]).map(
        (operation) => ({
          document: aclDocument(command.file, command.line, {
            principal,
            operation,
            permission: "allow",
            "resource-type": type,
            "resource-name": name,
            "pattern-type": valueOf(command, "resource-pattern-type")?.text ?? "literal",
            host: valueOf(command, "allow-host")?.text ?? "*",
          }),
        }),
      ),
    ),
  );
}
