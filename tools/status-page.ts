import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFiles } from "./source-files.ts";
import { readPackage, root } from "./workspaces.ts";

/** Where a feature stands. */
export type FeatureState = "works" | "partial" | "absent";

/** One line of the status page. */
export interface Feature {
  readonly area: string;
  readonly feature: string;
  readonly state: FeatureState;
  /** What is missing or worth knowing. Required unless it works. */
  readonly note?: string;
  /** Commands, or parts of tests' names as they stand in the test files. */
  readonly proofs: readonly string[];
}

type FeatureOfArea = Omit<Feature, "area">;

/** The features of one area. */
export function area(name: string, features: readonly FeatureOfArea[]): Feature[] {
  return features.map((feature) => ({ area: name, ...feature }));
}

/** A feature that does all it should. */
export function works(feature: string, proofs: readonly string[], note?: string): FeatureOfArea {
  return { feature, state: "works", proofs, ...(note !== undefined && { note }) };
}

/** A feature of which `note` says what is missing. */
export function partial(feature: string, proofs: readonly string[], note: string): FeatureOfArea {
  return { feature, state: "partial", proofs, note };
}

/** A feature that is not there; `note` says what happens instead, or when it comes. */
export function absent(feature: string, note: string): FeatureOfArea {
  return { feature, state: "absent", proofs: [], note };
}

const TEST_FILES = [
  "packages/*/{src,test}/**/*.{test.ts,txt}",
  "packages/*/src/contracts/*.ts",
  "conformance/**/*.test.ts",
  "conformance/src/client-cases/*.ts",
  "tools/**/*.test.ts",
];
const marks: Readonly<Record<FeatureState, string>> = { works: "works", partial: "**partial**", absent: "absent" };

/** What is wrong with the list: a feature without proof, a named test or script that does not exist. One sentence each. */
export function checkStatus(
  features: readonly Feature[],
  tests: string = allTests(),
  scripts: ReadonlySet<string> = rootScripts(),
): string[] {
  return features.flatMap(({ feature, state, note, proofs }) => {
    const errors: string[] = [];
    if (state !== "absent" && proofs.length === 0) errors.push(`"${feature}" needs a proof.`);
    if (state !== "works" && note === undefined) errors.push(`"${feature}" is ${state} and must say what is missing.`);
    for (const proof of proofs) {
      if (!isCommand(proof) && !tests.includes(proof)) errors.push(`"${feature}" names a test that does not exist: "${proof}".`);
      const script = /^npm run ([\w:-]+)/.exec(proof)?.[1];
      if (script !== undefined && !scripts.has(script)) errors.push(`"${feature}" names a script that does not exist: "${script}".`);
    }
    return errors;
  });
}

/** The status page as Markdown. */
export function renderStatus(features: readonly Feature[]): string {
  const count = (state: FeatureState): number => features.filter((feature) => feature.state === state).length;
  const areas = [...new Set(features.map(({ area }) => area))];
  return [
    "# Status",
    "",
    "<!-- Written by npm run status from tools/status-data.ts and status-data-broker.ts. -->",
    "",
    `Every feature, whether it works, and what proves it. ${count("works")} work, ${count("partial")} in part, ${count("absent")} are absent. A quoted proof is the name of a test`,
    "(or the part of it that tells it apart); the others are commands. `npm run check` fails when a named test is gone.",
    ...areas.flatMap((area) => ["", `## ${area}`, "", ...renderArea(features.filter((feature) => feature.area === area))]),
    "",
  ].join("\n");
}

function renderArea(features: readonly Feature[]): string[] {
  const rows = features.map(({ feature, state, note = "", proofs }) => {
    const shown = proofs.map((proof) => (isCommand(proof) ? `\`${proof}\`` : `“${proof}”`)).join("<br>");
    return `| ${feature} | ${marks[state]} | ${note} | ${shown} |`;
  });
  return ["| feature | state | note | proof |", "| --- | --- | --- | --- |", ...rows];
}

function isCommand(proof: string): boolean {
  return /^(npm|npx|bash) /.test(proof);
}

/** The text of all files with tests. */
export function allTests(): string {
  return sourceFiles(TEST_FILES)
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
}

/** What `npm run` knows. */
export function rootScripts(): Set<string> {
  return new Set(Object.keys(readPackage(root).scripts ?? {}));
}
