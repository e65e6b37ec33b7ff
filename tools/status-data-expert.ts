import { absent, area, type Feature, works } from "./status-page.ts";

const later = "comes with a later issue";

export const expertFeatures: readonly Feature[] = [
  ...area("Expert", [
    works(
      "`ottla lag`: Burrow's evaluation, time lag by interpolation, rates, drain time, when retention takes what was not read; table, watch, JSON, Prometheus",
      [
        "a partition is judged by the shape of its lag, as Burrow judges it",
        "the time lag is found between two ends, and beyond them",
        "drain time, consumers and the deadline of loss, with the reference's figures",
        "several looks tell rates",
        "metrics in Prometheus's format",
      ],
    ),
    works("`ottla lag explain`: why a group is behind, with what shows it and commands to run", [
      "a member that commits nothing, and a partition that stands while its member goes on",
      "one of two members is slow",
      "an open transaction before the end",
      "every command that is advised is one of ours, and its words parse",
    ]),
    works("`ottla size`: 19 calculators with formula, binding dimension and assumptions; no cluster needed", [
      "partitions: the greatest of writing, reading and consumers decides",
      "brokers: what binds is said",
      "tiering: nine tenths saved in the reference's example",
      "what is missing or makes no sense is named by its option",
    ]),
    absent("rules, `lint`, `probe`, `doctor`, `design`, `monitor`, `tune`, MCP", later),
  ]),
];
