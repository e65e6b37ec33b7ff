import { rules } from "../rules/rule-catalogue.ts";
import type { Finding, NotChecked, Severity } from "./finding.ts";

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

/** The findings as a log in SARIF 2.1.0, which code hosts show beside the lines. Paths are relative to where it was run. */
export function sarifLog(findings: readonly Finding[], notChecked: readonly NotChecked[]) {
  const met = new Set(findings.map(({ rule }) => rule));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "ottla lint",
            informationUri: "https://www.npmjs.com/package/ottla",
            rules: rules
              .filter(({ id }) => met.has(id))
              .map(({ id, name, condition, why, fix, severity }) => ({
                id,
                name,
                shortDescription: { text: condition },
                fullDescription: { text: why },
                help: { text: fix },
                defaultConfiguration: { level: LEVELS[severity] },
              })),
          },
        },
        results: findings.map(({ rule, severity, message, evidence, file, line }) => ({
          ruleId: rule,
          level: LEVELS[severity],
          message: { text: `${message} (${evidence})` },
          locations:
            file === undefined
              ? []
              : [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line ?? 1 } } }],
        })),
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notChecked.map(({ subject, reason }) => ({
              level: "note",
              message: { text: `${subject}: ${reason}` },
            })),
          },
        ],
      },
    ],
  };
}
