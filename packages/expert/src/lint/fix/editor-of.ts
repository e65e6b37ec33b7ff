import { isSource } from "../../source/syntax/language.ts";
import { hclTree } from "../read/hcl-tree.ts";
import { readJsonTrees, readYamlTrees } from "../read/read-tree.ts";
import { withoutMark } from "../read/read-terraform.ts";
import { envEditor } from "./env-edits.ts";
import type { FileEditor } from "./file-editor.ts";
import { propertiesEditor } from "./fix-properties.ts";
import { treeEditor } from "./tree-edits.ts";
import { hclWriter, jsonWriter, yamlWriter } from "./value-writers.ts";

/** How changes are made in a file of this name; a text says why none can be. */
export async function editorOf(path: string, text: string): Promise<FileEditor | string> {
  if (/\.properties$/i.test(path)) return propertiesEditor(text);
  if (/\.ya?ml$/i.test(path)) {
    const read = readYamlTrees(text);
    return "problem" in read ? read.problem : treeEditor(text, read.trees, yamlWriter);
  }
  if (/\.json$/i.test(path)) {
    const read = readJsonTrees(text);
    return "problem" in read ? read.problem : treeEditor(text, read.trees, jsonWriter);
  }
  if (/(?:^|\/)(?:[\w-]*\.)?env(?:\.[\w-]+)?$/i.test(path)) return envEditor(text);
  if (isSource(path)) {
    const { sourceEditor } = await import("../../source/edit-settings.ts");
    return sourceEditor(path, text);
  }
  if (!/\.tf$/i.test(path)) return "files of this form are not changed; its fix says what to do";
  const { parseSource } = await import("../../source/syntax/parse-source.ts");
  const parsed = await parseSource(withoutMark(text), "hcl");
  return typeof parsed === "string" ? parsed : treeEditor(text, [hclTree(parsed.root).tree], hclWriter);
}
