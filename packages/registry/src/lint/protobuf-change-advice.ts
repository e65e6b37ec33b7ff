import { printField } from "../formats/protobuf/print-proto.ts";
import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage, ProtoReserved, ProtoType } from "../formats/protobuf/proto-file.ts";
import { messagesOf, pathOf } from "./protobuf-advice.ts";
import type { SchemaAdvice } from "./schema-advice.ts";

/** How many bits a number of the wire's varints keeps, and whether it is signed. */
const VARINTS: Readonly<Record<string, { readonly bits: number; readonly isSigned: boolean }>> = {
  bool: { bits: 1, isSigned: false },
  int32: { bits: 32, isSigned: true },
  uint32: { bits: 32, isSigned: false },
  int64: { bits: 64, isSigned: true },
  uint64: { bits: 64, isSigned: false },
};

/** What changed between two files of Protobuf without any level's noticing: names and order mean nothing to the comparison, and something to readers. */
export function protobufChangeAdvice(older: ProtoFile, newer: ProtoFile): readonly SchemaAdvice[] {
  const now = new Map(messagesOf(newer).map((each) => [pathOf(each.message.fullName, undefined, newer), each]));
  const found: SchemaAdvice[] = [];
  for (const { message: was, indexes } of messagesOf(older)) {
    const path = pathOf(was.fullName, undefined, older);
    const is = now.get(path);
    if (is === undefined) continue;
    if (is.indexes.join(".") !== indexes.join(".")) {
      const [before, after] = [`[${indexes.join(", ")}]`, `[${is.indexes.join(", ")}]`];
      const message = `${is.message.fullName} stands at ${after} and stood at ${before}: records name their message by its place, so readers with the newer schema's text take one message for another. Put new messages last.`;
      found.push({ rule: "SCH-25", path, name: is.message.fullName, message, older: before, newer: after });
    }
    found.push(...fieldAdvice(was, is.message, newer));
  }
  const enums = new Map(enumsOf(newer).map((each) => [pathOf(each.fullName, undefined, newer), each]));
  for (const was of enumsOf(older)) {
    const is = enums.get(pathOf(was.fullName, undefined, older));
    if (is !== undefined) found.push(...constantAdvice(was, is, newer));
  }
  return found;
}

function fieldAdvice(was: ProtoMessage, is: ProtoMessage, file: ProtoFile): readonly SchemaAdvice[] {
  const found: SchemaAdvice[] = [];
  const byName = new Map(is.fields.map((field) => [field.name, field]));
  const byNumber = new Map(is.fields.map((field) => [field.number, field]));
  const advice = (rule: SchemaAdvice["rule"], name: string, message: string, older?: ProtoField, newer?: ProtoField): void => {
    const texts = { ...(older !== undefined && { older: printField(older) }), ...(newer !== undefined && { newer: printField(newer) }) };
    found.push({ rule, path: pathOf(is.fullName, name, file), name: `${is.fullName}.${name}`, message, ...texts });
  };
  for (const old of was.fields) {
    const named = byName.get(old.name);
    const numbered = byNumber.get(old.number);
    if (named !== undefined && named.number !== old.number) {
      const text = `${old.name} had the number ${old.number} and has ${named.number}: what was written under ${old.number} is not found any more. Numbers stay; give it back.`;
      advice("SCH-24", old.name, text, old, named);
    } else if (numbered === undefined && !isReserved(is.reserved, old.number)) {
      const text = `${old.name} is gone and its number ${old.number} is free: whoever takes it next is read out of old records. Write reserved ${old.number}; and reserved "${old.name}";`;
      advice("SCH-27", old.name, text, old);
    }
    if (numbered === undefined) continue;
    const isTaken = numbered.name !== old.name && named !== undefined;
    if (isTaken)
      advice(
        "SCH-24",
        numbered.name,
        `${numbered.name} has the number ${old.number}, which ${old.name} had: old records give it the values of ${old.name}.`,
        old,
        numbered,
      );
    const narrowed = narrowing(old, numbered);
    if (narrowed !== undefined) advice("SCH-28", numbered.name, narrowed, old, numbered);
    const [before, after] = [defaultOf(old), defaultOf(numbered)];
    if (before !== after) {
      const text = `The default of ${numbered.name} was ${before ?? "not given"} and is ${after ?? "not given"}: one record without the field has two values, by the schema that it is read with.`;
      advice("SCH-26", numbered.name, text, old, numbered);
    }
  }
  return found;
}

function narrowing(old: ProtoField, now: ProtoField): string | undefined {
  if (old.type.kind !== "scalar" || now.type.kind !== "scalar" || old.type.name === now.type.name) return undefined;
  const [from, to] = [VARINTS[old.type.name], VARINTS[now.type.name]];
  if (from === undefined || to === undefined) {
    const isText = old.type.name === "bytes" && now.type.name === "string";
    return isText ? `${now.name} was bytes and is string: readers refuse or change what is no UTF-8.` : undefined;
  }
  if (to.bits >= from.bits && to.isSigned === from.isSigned) return undefined;
  const what = to.bits < from.bits ? "larger numbers lose their upper bits" : "negative numbers become large ones, or large ones negative";
  return `${now.name} was ${old.type.name} and is ${now.type.name}: ${what}, without an error.`;
}

function defaultOf({ options }: ProtoField): string | undefined {
  const value = options.find(({ name }) => name === "default")?.value;
  return value === undefined ? undefined : value.kind === "string" ? `"${value.escaped}"` : value.kind === "word" ? value.text : undefined;
}

function constantAdvice(was: ProtoEnum, is: ProtoEnum, file: ProtoFile): readonly SchemaAdvice[] {
  const byName = new Map(is.constants.map((constant) => [constant.name, constant]));
  const numbers = new Set(is.constants.map(({ number }) => number));
  return was.constants.flatMap((old): readonly SchemaAdvice[] => {
    const named = byName.get(old.name);
    const path = pathOf(is.fullName, old.name, file);
    const name = `${is.fullName}.${old.name}`;
    if (named !== undefined && named.number !== old.number) {
      const message = `${old.name} was ${old.number} and is ${named.number}: records that hold ${old.number} are read as another constant. Numbers stay.`;
      return [{ rule: "SCH-24", path, name, message, older: `${old.name} = ${old.number};`, newer: `${named.name} = ${named.number};` }];
    }
    const isFree = !numbers.has(old.number) && !isReserved(is.reserved, old.number);
    if (named !== undefined || !isFree) return [];
    const message = `${old.name} is gone and its number ${old.number} is free: a constant that takes it is read out of old records. Write reserved ${old.number}; and reserved "${old.name}";`;
    return [{ rule: "SCH-27", path, name, message, older: `${old.name} = ${old.number};` }];
  });
}

function isReserved({ ranges }: ProtoReserved, number: number): boolean {
  return ranges.some(({ first, last }) => number >= first && number <= last);
}

function enumsOf({ types }: ProtoFile): readonly ProtoEnum[] {
  const found: ProtoEnum[] = [];
  const visit = (each: ProtoType): void => {
    if (each.kind === "enum") found.push(each);
    else for (const inside of each.types) visit(inside);
  };
  for (const each of types) visit(each);
  return found;
}
