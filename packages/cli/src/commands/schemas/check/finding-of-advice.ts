import { type Finding, ruleById } from "@ottla/expert";
import type { SchemaAdvice } from "@ottla/registry/lint";
import { lineOfPlace } from "../files/line-of-place.ts";
import type { SchemaFile } from "../files/schema-file.ts";

/** Advice as a finding: the facts are the expert's. */
export function findingOfAdvice(file: SchemaFile, { rule, path, name, message, older, newer }: SchemaAdvice): Finding {
  const facts = ruleById(rule);
  const pieces = [...(older === undefined ? [] : [`was ${older}`]), ...(newer === undefined ? [] : [`is ${newer}`])];
  return {
    rule,
    severity: facts?.severity ?? "warning",
    confidence: facts?.confidence ?? "high",
    subject: file.schemaType,
    file: file.path,
    line: lineOfPlace(file.schemaType, file.text, path),
    key: name,
    message,
    evidence: pieces.length === 0 ? `at ${path}` : pieces.join("; "),
    ...(facts !== undefined && { fix: facts.fix }),
  };
}
