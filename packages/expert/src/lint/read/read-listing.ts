import { aclDocument } from "../acl-entries.ts";
import type { Entry } from "../document.ts";
import { topicDocument } from "../topic-entries.ts";
import { type FoundDocument, NOTHING, type ReadFile, type SourceFile } from "./source-file.ts";

/** Reads what `kafka-topics --describe` and `kafka-acls --list` print. Other texts are none of Kafka's. */
export function readListingFile({ path, text }: SourceFile): ReadFile {
  if (!/PartitionCount:\s*\d|ResourcePattern\(resourceType=/.test(text)) return NOTHING;
  const documents: FoundDocument[] = [];
  let resource: { readonly type: string; readonly name: string; readonly pattern: string } | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    const topic = topicOf(path, line, i + 1);
    if (topic) documents.push(topic);
    const [, type, name, pattern] = /ResourcePattern\(resourceType=(\w+), name=(.*), patternType=(\w+)\)/.exec(line) ?? [];
    if (type !== undefined) resource = { type, name: name!, pattern: pattern! };
    const [, principal, host, operation, permission] =
      /\(principal=(.*), host=(.*), operation=(\w+), permissionType=(\w+)\)/.exec(line) ?? [];
    if (resource && principal !== undefined)
      documents.push({
        document: aclDocument(path, i + 1, {
          principal,
          host: host!,
          operation: operation!,
          permission: permission!,
          "resource-type": resource.type,
          "resource-name": resource.name,
          "pattern-type": resource.pattern,
        }),
      });
  }
  return documents.length === 0 ? NOTHING : { ...NOTHING, documents };
}

/** `Topic: orders  TopicId: …  PartitionCount: 3  ReplicationFactor: 1  Configs: a=b,c=d`, parted by tabs or blanks. */
function topicOf(file: string, line: string, at: number): FoundDocument | undefined {
  const name = /^Topic:\s*(\S+)/.exec(line)?.[1];
  const partitions = /\bPartitionCount:\s*(\d+)/.exec(line)?.[1];
  if (name === undefined || partitions === undefined) return undefined;
  const factor = /\bReplicationFactor:\s*(\d+)/.exec(line)?.[1];
  const configs = /\bConfigs:\s*(\S.*)$/.exec(line)?.[1]?.trim() ?? "";
  const settings = configs.split(/,(?=[a-z][\w.]*=)/).flatMap((pair): Entry[] => {
    const equals = pair.indexOf("=");
    return equals < 0 ? [] : [{ key: pair.slice(0, equals), value: pair.slice(equals + 1), line: at }];
  });
  return {
    document: topicDocument({
      file,
      name,
      line: at,
      partitions: { value: partitions, line: at },
      ...(factor !== undefined && { replicationFactor: { value: factor, line: at } }),
      settings,
    }),
  };
}
