import { z } from "zod";
import { lintFile } from "../../lint/lint-file.ts";
import { isReadable } from "../../lint/read/read-file.ts";
import { tool } from "../tool.ts";

/** More than a review looks at in one go. */
const FILES_MAX = 50;
const FILE_CHARACTERS_MAX = 256 * 1024;
const TOTAL_CHARACTERS_MAX = 1024 * 1024;

export const lintTools = [
  tool({
    name: "lint",
    title: "Lint files",
    description:
      "Judges configuration and schemas by the same rules as `ottla lint`: properties of brokers, clients, Streams and Connect, connectors' JSON, compose files, Spring and Kubernetes YAML, Terraform, tables of topics and ACLs, Avro, Protobuf, JSON Schema. " +
      "Give each file's path (its name tells its kind) and text. Secrets are named by place and never repeated.",
    kind: "pure",
    input: z.object({
      files: z
        .array(z.object({ path: z.string().min(1).max(500), text: z.string().max(FILE_CHARACTERS_MAX) }))
        .min(1)
        .max(FILES_MAX),
      profile: z
        .enum(["dev", "prod", "critical"])
        .default("prod")
        .describe("for whom: a developer's machine, what people rely on, what must not lose a record"),
    }),
    run: async ({ files, profile }) => {
      const total = files.reduce((sum, { text }) => sum + text.length, 0);
      const notChecked: string[] = [];
      const findings: unknown[] = [];
      let documents = 0;
      for (const file of files) {
        if (total > TOTAL_CHARACTERS_MAX) {
          notChecked.push(`${file.path}: the files have more than ${TOTAL_CHARACTERS_MAX} characters together; give fewer.`);
          continue;
        }
        if (!isReadable(file.path)) {
          notChecked.push(`${file.path}: its name is none of a kind that is read.`);
          continue;
        }
        const linted = await lintFile(file, { profile });
        findings.push(...linted.findings);
        documents += linted.documents;
        notChecked.push(...linted.notChecked.map(({ subject, reason }) => `${subject}: ${reason}`));
        if (linted.documents === 0 && linted.notChecked.length === 0) notChecked.push(`${file.path}: nothing of Kafka's was found in it.`);
      }
      return { data: { judged: documents, findings }, notChecked };
    },
  }),
];
