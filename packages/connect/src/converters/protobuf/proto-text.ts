import type { Said } from "./protobuf-names.ts";

/** A field as it stands in a message. */
export interface ProtoLine {
  readonly label: "optional" | "repeated" | undefined;
  readonly type: string;
  readonly name: string;
  readonly number: number;
  readonly oneof: string | undefined;
  readonly doc: string | undefined;
  readonly said: Said;
}

export interface ProtoMessageText {
  readonly name: string;
  readonly doc: string | undefined;
  readonly said: Said;
  readonly lines: readonly ProtoLine[];
}

export interface ProtoEnumText {
  readonly name: string;
  readonly constants: readonly (readonly [name: string, number: number])[];
}

export interface ProtoFileText {
  readonly package: string;
  readonly imports: ReadonlySet<string>;
  readonly messages: readonly ProtoMessageText[];
  readonly enums: readonly ProtoEnumText[];
}

const META = "confluent/meta.proto";

/** The text of a file of proto3. */
export function protoText({ enums, imports, messages, package: packageName }: ProtoFileText): string {
  const bodies = [...messages.map(messageText), ...enums.map(enumText)];
  const needed = bodies.some((body) => body.includes("(confluent.")) ? [META, ...imports] : [...imports];
  const head = ['syntax = "proto3";', ...(packageName === "" ? [] : [`package ${packageName};`]), ""];
  if (needed.length > 0) head.push(...needed.toSorted().map((path) => `import "${path}";`), "");
  return `${head.join("\n")}\n${bodies.join("\n\n")}\n`;
}

function messageText({ doc, lines, name, said }: ProtoMessageText): string {
  const own = metaText(doc, said);
  const texts = [`message ${name} {`, ...(own === undefined ? [] : [`  option (confluent.message_meta) = ${own};`])];
  const written = new Set<string>();
  for (const line of lines) {
    if (line.oneof === undefined) texts.push(`  ${lineText(line)}`);
    else if (!written.has(line.oneof)) {
      written.add(line.oneof);
      texts.push(
        `  oneof ${line.oneof} {`,
        ...lines.filter(({ oneof }) => oneof === line.oneof).map((each) => `    ${lineText(each)}`),
        "  }",
      );
    }
  }
  return [...texts, "}"].join("\n");
}

function lineText({ doc, label, name, number, said, type }: ProtoLine): string {
  const own = metaText(doc, said);
  return `${label === undefined ? "" : `${label} `}${type} ${name} = ${number}${own === undefined ? "" : ` [(confluent.field_meta) = ${own}]`};`;
}

function enumText({ constants, name }: ProtoEnumText): string {
  return [`enum ${name} {`, ...constants.map(([constant, number]) => `  ${constant} = ${number};`), "}"].join("\n");
}

function metaText(doc: string | undefined, said: Said): string | undefined {
  const params = Object.entries(said).map(([key, value]) => `{ key: ${quoted(key)}, value: ${quoted(value)} }`);
  const parts = [...(doc === undefined ? [] : [`doc: ${quoted(doc)}`]), ...(params.length === 0 ? [] : [`params: [${params.join(", ")}]`])];
  return parts.length === 0 ? undefined : `{ ${parts.join(", ")} }`;
}

function quoted(text: string): string {
  // oxlint-disable-next-line no-control-regex -- what a text in Protobuf must escape
  const escaped = text.replaceAll(/["\\\u0000-\u001f\u007f]/g, (found) => `\\${found.charCodeAt(0).toString(8).padStart(3, "0")}`);
  return `"${escaped}"`;
}
