import type { SettingFix } from "../finding.ts";
import type { TextEdit } from "./text-edit.ts";

/** How a change of a setting is written into a file of some form: what is to be changed, or in a text why no safe change is known. */
export type FileEditor = (fix: SettingFix) => readonly TextEdit[] | string;

/** What a setting that is not there yet is called beside one that is, by how that one is spelled; undefined when that is not known. */
export function nameBeside(
  key: string,
  { key: other, spelling }: { readonly key: string; readonly spelling?: string },
): string | undefined {
  if (spelling === undefined || spelling === other) return key;
  if (spelling.endsWith(`.${other}`)) return spelling.slice(0, spelling.length - other.length) + key;
  const spring = /^(spring\.kafka\.(?:(?:consumer|producer|streams|admin)\.)?)/i.exec(spelling)?.[1];
  if (spring !== undefined) return `${spring}properties.${key}`;
  // An environment: only dots are spelled alike by every image.
  const loud = other.toUpperCase().replaceAll(".", "_");
  return /^[a-z.]+$/.test(key) && spelling.endsWith(`_${loud}`)
    ? spelling.slice(0, spelling.length - loud.length) + key.toUpperCase().replaceAll(".", "_")
    : undefined;
}

/** What a form's own clients call a value: kafkajs takes numbers for acks. */
export function valueBeside(value: string, spelling: string | undefined): string {
  return spelling === "acks" && value === "all" ? "-1" : value;
}

/** Why a change cannot be made where a setting stands. */
export const ELSEWHERE = "it is written elsewhere, or in a way that has no single place";
