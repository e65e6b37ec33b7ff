import type { CaseAnswer, StreamsCase } from "./case.ts";

const list = (items: readonly unknown[], indent: string): string =>
  items.length === 0 ? "[]" : `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(",\n")}\n${indent}]`;

/** The case as the text of a file: a line per statement, per input and per step of the answer. */
export function caseText({ about, known, seed, config, topology, inputs, expected, avoided }: StreamsCase): string {
  const fields = [
    ...(about === undefined ? [] : [`"about": ${JSON.stringify(about)}`]),
    ...(known === undefined ? [] : [`"known": ${JSON.stringify(known)}`]),
    ...(seed === undefined ? [] : [`"seed": ${seed}`]),
    `"config": ${JSON.stringify(config)}`,
    `"topology": ${list(topology, "  ")}`,
    `"inputs": ${list(inputs, "  ")}`,
    ...(expected === undefined ? [] : [`"expected": ${answerText(expected)}`]),
    ...(avoided === undefined ? [] : [`"avoided": ${answerText(avoided)}`]),
  ];
  return `{\n  ${fields.join(",\n  ")}\n}\n`;
}

function answerText({ by, describe, steps, dropped, error }: CaseAnswer): string {
  const fields = [
    `"by": ${JSON.stringify(by)}`,
    ...(describe === undefined ? [] : [`"describe": ${JSON.stringify(describe)}`]),
    `"steps": ${list(steps, "    ")}`,
    ...(dropped === undefined ? [] : [`"dropped": ${dropped}`]),
    ...(error === undefined ? [] : [`"error": ${JSON.stringify(error)}`]),
  ];
  return `{\n    ${fields.join(",\n    ")}\n  }`;
}
