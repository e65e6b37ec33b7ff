import { isReadable, type KafkaVersion, type ProjectFile, readLintFile } from "@ottla/expert";
import { type DeclaredConsumer, declaredConsumers } from "@ottla/expert/doctor";
import { UsageError } from "../../command.ts";
import { readText } from "../lint/read-text.ts";
import { walkFiles } from "../lint/walk-files.ts";

/** What the files of applications declare of their consumers. Errors: {@link UsageError} with the file that cannot be read. */
export async function readApplications(
  paths: readonly string[],
  signal: AbortSignal,
  version: KafkaVersion | undefined,
): Promise<readonly DeclaredConsumer[]> {
  const files: ProjectFile[] = [];
  for await (const walked of walkFiles(paths, isReadable, signal)) {
    if ("isLeftOut" in walked) continue;
    const read = "failure" in walked ? walked : await readText(walked.path);
    // Of those that were found below a folder, one that cannot be read says nothing; one that was named is missed.
    if ("failure" in read) {
      if ("isNamed" in walked && !walked.isNamed) continue;
      throw new UsageError(`--applications ${walked.path.slice(0, 200)}: ${read.failure}`);
    }
    files.push({ path: walked.path, read: await readLintFile({ path: walked.path, text: read.text }) });
  }
  return declaredConsumers(files, version);
}
