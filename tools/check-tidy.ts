import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isGenerated, sourceFiles } from "./source-files.ts";
import { checkDocument } from "./tidy/check-document.ts";
import { checkSource } from "./tidy/check-source.ts";
import { findUndocumented } from "./tidy/find-undocumented.ts";
import type { TidyReport } from "./tidy/tidy-report.ts";
import { root, workspaces } from "./workspaces.ts";

export function checkTidy(): TidyReport {
  const errors: string[] = [];
  const warnings: string[] = [];
  for (const path of sourceFiles(["packages/*/src/**/*.ts", "conformance/**/*.ts", "tools/**/*.{ts,mjs}"])) {
    if (isGenerated(path)) continue;
    const report = checkSource(path, readFileSync(join(root, path), "utf8"));
    errors.push(...report.errors);
    warnings.push(...report.warnings);
  }
  errors.push(...findUndocumented(publicFiles(), (path) => readFileSync(join(root, path), "utf8")));
  for (const path of sourceFiles(["*.md", "docs/**/*.md", "packages/*/*.md", "conformance/**/*.md", "tools/**/*.md"])) {
    errors.push(...checkDocument(path, readFileSync(join(root, path), "utf8")));
  }
  return { errors, warnings };
}

/** The files that the packages' export maps name, generated ones aside. */
function publicFiles(): string[] {
  return workspaces().flatMap(({ folder, manifest }) =>
    Object.values(manifest.exports ?? {})
      .map(({ source = "" }) => join(folder, source))
      .filter((path) => !isGenerated(path)),
  );
}
