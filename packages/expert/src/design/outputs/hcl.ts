/** A block of HCL: `resource "kafka_topic" "orders" { … }`. */
export interface HclBlock {
  readonly words: readonly [string, ...string[]];
  readonly attributes: readonly HclAttribute[];
  readonly blocks?: readonly HclBlock[];
}

/** Written as it is: `var.name`. */
export class Expression {
  readonly expression: string;

  constructor(expression: string) {
    this.expression = expression;
  }
}

interface HclMap {
  readonly [key: string]: HclValue;
}
type HclValue = string | number | boolean | HclMap | Expression;
type HclAttribute = readonly [name: string, value: HclValue];

/** Blocks as `terraform fmt` writes them: two spaces, the signs = of neighbouring lines under each other, a blank line between blocks. */
export function printHcl(blocks: readonly HclBlock[]): string {
  return blocks.map((block) => `${printBlock(block, "")}\n`).join("\n");
}

function printBlock({ words: [type, ...labels], attributes, blocks = [] }: HclBlock, indent: string): string {
  const head = `${indent}${[type, ...labels.map(hclString)].join(" ")} {`;
  if (attributes.length + blocks.length === 0) return `${head}}`;
  const parts = [
    ...(attributes.length > 0 ? [printAttributes(attributes, `${indent}  `)] : []),
    ...blocks.map((block) => printBlock(block, `${indent}  `)),
  ];
  return `${head}\n${parts.join("\n\n")}\n${indent}}`;
}

/** Neighbours of one line each are aligned. */
function printAttributes(attributes: readonly HclAttribute[], indent: string): string {
  const lines: string[] = [];
  let run: HclAttribute[] = [];
  const end = (): void => {
    const width = Math.max(0, ...run.map(([name]) => keyText(name).length));
    lines.push(...run.map(([name, value]) => `${indent}${keyText(name).padEnd(width)} = ${printValue(value, indent)}`));
    run = [];
  };
  for (const attribute of attributes) {
    const [name, value] = attribute;
    if (!isMap(value) || Object.keys(value).length === 0) {
      run.push(attribute);
      continue;
    }
    // fmt aligns only what is whole in its line: what opens a bracket ends the run.
    end();
    lines.push(`${indent}${keyText(name)} = ${printValue(value, indent)}`);
  }
  end();
  return lines.join("\n");
}

function printValue(value: HclValue, indent: string): string {
  if (typeof value === "string") return hclString(value);
  if (isExpression(value)) return value.expression;
  if (!isMap(value)) return String(value);
  const entries = Object.entries(value);
  return entries.length === 0 ? "{}" : `{\n${printAttributes(entries, `${indent}  `)}\n${indent}}`;
}

function isExpression(value: HclValue): value is Expression {
  return value instanceof Expression;
}

function isMap(value: HclValue): value is HclMap {
  return typeof value === "object" && !isExpression(value);
}

function keyText(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? name : hclString(name);
}

/** Templates are not wanted: `${` and `%{` are written so that they stay what they are. */
function hclString(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped.replaceAll(/[$%](?=\{)/g, "$&$&")}"`;
}
