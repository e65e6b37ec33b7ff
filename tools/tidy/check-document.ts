import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../workspaces.ts";
import { findWorkplace } from "./workplace.ts";

/** Links of a Markdown file that lead nowhere, paths between backticks that do not exist, places of the writer's machine. */
export function checkDocument(path: string, text: string, exists: (path: string) => boolean = existsInCheckout): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ""));
  const lines = prose.split("\n");
  const dead = lines.flatMap((line, index) =>
    [...line.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target.replace(/#.*$/, ""))
      .filter((target) => target !== "" && !/^[a-z]+:/.test(target) && !exists(join(dirname(path), target)))
      .map((target) => `${path}:${index + 1}: the link to ${target} leads nowhere.`),
  );
  const missing = lines.flatMap((line, index) =>
    [...line.matchAll(/`((?:packages|tools|docs|conformance|examples|deploy|\.ci)\/[\w./-]*)`/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/\/dist\/|\/NN-/.test(target) && !exists(target))
      .map((target) => `${path}:${index + 1}: there is no ${target}.`),
  );
  return [...dead, ...missing, ...findWorkplace(path, text.split("\n"))];
}

function existsInCheckout(path: string): boolean {
  return existsSync(join(root, path));
}
