import { OttlaError } from "@ottla/base";
import { z } from "zod";
import { designSystem } from "../../design/design-system.ts";
import { outputFiles } from "../../design/outputs/index.ts";
import { issueText, readDomain } from "../../design/read-domain.ts";
import { alertByName, alerts } from "../../monitor/alerts/alerts.ts";
import { generateMonitoring, metricProfiles } from "../../monitor/monitoring.ts";
import { runbookPage } from "../../monitor/render-runbook.ts";
import { tool } from "../tool.ts";

const DESIGN_CHARACTERS_MAX = 64 * 1024;

export const generatorTools = [
  tool({
    name: "gen_monitoring",
    title: "Generate alerts",
    description:
      "Prometheus rules with tests, Alertmanager routes, Grafana dashboards and runbooks in the words of the exporters that are scraped. Answers with the rules; `file` asks for one of the other files whole.",
    kind: "pure",
    input: z.object({
      profiles: z.array(z.enum(metricProfiles().map(({ name }) => name) as [string, ...string[]])).min(1),
      brokers: z.int().min(1).max(10_000).optional(),
      lagSeconds: z
        .number()
        .positive()
        .max(86_400 * 30)
        .default(60),
      file: z.string().max(200).default("kafka-rules.yaml"),
    }),
    run: ({ profiles, brokers, lagSeconds, file }) => {
      const {
        files,
        alerts: made,
        leftOut,
      } = generateMonitoring({ profiles, settings: { lagSeconds, ...(brokers !== undefined && { brokers }) } });
      const wanted = files.find(({ path }) => path === file);
      if (!wanted) throw new OttlaError("UNKNOWN_FILE", `There is no file ${file}; there are ${files.map(({ path }) => path).join(", ")}.`);
      return {
        data: { alerts: made.map(({ name }) => name), files: files.map(({ path }) => path), path: file, lines: wanted.content.split("\n") },
        notChecked: leftOut.map(({ alert, needs }) => `${alert} was left out: no profile has ${needs.join(" and ")}.`),
      };
    },
  }),
  tool({
    name: "gen_runbook",
    title: "Runbook of an alert",
    description: "What to do about an alert, step by step: observe, act, verify, roll back; commands with the alert's labels filled in.",
    kind: "pure",
    input: z.object({
      alert: z.string().max(100),
      labels: z.record(z.string().max(50), z.string().max(300)).default({}).describe("group, topic, partition, broker, …"),
    }),
    run: ({ alert: name, labels }) => {
      const alert = alertByName(name);
      if (!alert)
        throw new OttlaError("UNKNOWN_ALERT", `There is no alert ${name}; there are ${alerts.map((each) => each.name).join(", ")}.`);
      return {
        data: {
          alert: alert.name,
          severity: alert.severity,
          ...(alert.rule !== undefined && { rule: alert.rule }),
          lines: runbookPage(alert, labels).split("\n"),
        },
      };
    },
  }),
  tool({
    name: "design",
    title: "Design a system",
    description:
      "From one domain file (YAML: events with key, rate, size, order and retention; services with what they produce and consume; the cluster) to topics, settings, schemas, ACLs, client properties, dead-letter topics and a " +
      "capacity report, each number with its reason. Answers with the names of all files and one of them whole.",
    kind: "pure",
    input: z.object({
      domain: z.string().min(1).max(DESIGN_CHARACTERS_MAX).describe("the domain file's text"),
      file: z.string().max(300).optional().describe("which file to answer with; the report if nothing is said"),
    }),
    run: ({ domain: text, file }) => {
      const read = readDomain(text);
      if (!read.domain) return { data: { problems: read.issues.map((issue) => issueText(issue, "domain")) } };
      const files = outputFiles(designSystem(read.domain));
      const wanted =
        file === undefined ? (files.find(({ path }) => /report/i.test(path)) ?? files[0]!) : files.find(({ path }) => path === file);
      if (!wanted) throw new OttlaError("UNKNOWN_FILE", `There is no file ${file}; there are ${files.map(({ path }) => path).join(", ")}.`);
      return {
        data: { files: files.map(({ path }) => path), path: wanted.path, lines: wanted.text.split("\n") },
      };
    },
  }),
];
