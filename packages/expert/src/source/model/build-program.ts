import { Constants } from "../code/constants.ts";
import { link, type SourceCode } from "../code/source-code.ts";
import { findCalls } from "./find-calls.ts";
import { findClients, librariesOf } from "./find-clients.ts";
import { RecordFinder } from "./find-records.ts";
import type { Program } from "./program.ts";
import { documentsOf } from "./program-documents.ts";

/** A file as rules look at it; undefined when it takes no client library. */
export function buildProgram(code: SourceCode, text: string): Program | undefined {
  link(code.root);
  const libraries = librariesOf(code);
  if (libraries.length === 0) return undefined;
  const constants = new Constants(code);
  const clients = findClients(code, libraries, constants);
  const calls = findCalls(code, libraries, clients, constants);
  const records = new RecordFinder(code, libraries, calls, constants);
  const lines = text.split("\n");
  return {
    path: code.path,
    code,
    constants,
    libraries,
    clients,
    calls,
    recordScopes: records.scopes(),
    pollLoops: records.pollLoops(),
    documents: documentsOf(code, clients, libraries, constants),
    lineText: (line) => (lines[line - 1] ?? "").trim().slice(0, 160),
    isTest:
      /(^|[/\\])(tests?|__tests__|spec|testing|fixtures)[/\\]|[._-](test|spec|it)\.\w+$|_test\.go$|(^|[/\\])test_\w+\.py$|Tests?\.(java|kt)$|IT\.java$/.test(
        code.path,
      ),
  };
}
