import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { sinkSkeleton } from "./skeleton/sink-skeleton.ts";
import type { Skeleton } from "./skeleton/skeleton.ts";
import { sourceSkeleton } from "./skeleton/source-skeleton.ts";
import { transformSkeleton } from "./skeleton/transform-skeleton.ts";

const SKELETONS: Readonly<Record<string, (name: string) => Skeleton>> = {
  source: sourceSkeleton,
  sink: sinkSkeleton,
  transform: transformSkeleton,
};
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

export const newPlugin: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const name = positionals[0] ?? "";
  if (!NAME.test(name)) throw new UsageError(`${name} is no name of a plugin; it has small letters, digits and dashes: github-stars.`);
  const kind = options.text("kind") ?? "source";
  const skeleton = SKELETONS[kind];
  if (skeleton === undefined) throw new UsageError(`--kind is source, sink or transform, not ${kind}.`);
  const folder = options.text("connect-plugins") ?? "connectors";
  const { plugin, test, next } = skeleton(name);
  const files = [
    [join(folder, `${name}.ts`), plugin],
    [join(folder, `${name}.test.ts`), test],
  ] as const;
  const taken = files.find(([path]) => existsSync(path));
  if (taken !== undefined) throw new UsageError(`${taken[0]} is there already, and is not replaced.`);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of files) writeFileSync(path, text, { flag: "wx" });
  const commands = [`node --test ${relative(".", join(folder, `${name}.test.ts`))}`, ...next];
  if (options.has("json")) printJson(context, { name, kind, files: files.map(([path]) => path), next: commands });
  else {
    for (const [path] of files) stdout.write(shown`made ${path}\n`);
    for (const command of commands) stdout.write(shown`next: ${command}\n`);
  }
  return 0;
};
