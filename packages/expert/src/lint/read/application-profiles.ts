import type { SettingsDocument } from "../document.ts";
import { applicationDocuments } from "./application-settings.ts";
import type { FoundDocument } from "./source-file.ts";
import { type FlatPair, flatten, textAt, type Tree } from "./tree.ts";

/** Names that people give to profiles in which nothing is relied upon. */
const FOR_DEVELOPERS = /^(dev|development|local|test|it|ci)$/i;

/**
 * An application's configuration in one file, a document for each profile: what a profile does not say, the first document does.
 */
export function applicationProfiles(file: string, trees: readonly Tree[]): readonly FoundDocument[] {
  const [first, ...others] = trees.map((tree) => ({ profile: profileOf(tree), pairs: flatten(tree) }));
  if (!first) return [];
  const base = applicationDocuments(file, first.pairs, undefined).map((found) => forProfile(found, first.profile ?? profileOfName(file)));
  return [
    ...base,
    ...others.flatMap(({ profile, pairs }) =>
      applicationDocuments(file, [...withoutThose(first.pairs, pairs), ...pairs], profile === undefined ? undefined : `profile ${profile},`)
        // A document that says nothing of Kafka changes nothing of it.
        .filter(({ document }) => document.entries.some(({ line }) => pairs.some((pair) => pair.line === line)))
        .map((found) => forProfile(found, profile)),
    ),
  ];
}

function withoutThose(pairs: readonly FlatPair[], others: readonly FlatPair[]): readonly FlatPair[] {
  const names = new Set(others.map(({ name }) => name));
  return pairs.filter(({ name }) => !names.has(name));
}

function profileOf(tree: Tree): string | undefined {
  return (
    textAt(tree, "spring", "config", "activate", "on-profile") ??
    textAt(tree, "spring", "profiles") ??
    textAt(tree, "spring.config.activate.on-profile")
  );
}

/** `application-dev.yml` is a profile's. */
export function profileOfName(file: string): string | undefined {
  return /(?:^|\/)(?:application|bootstrap)-([\w-]+)\.(?:ya?ml|properties)$/.exec(file)?.[1];
}

/** A developer's profile is judged as a developer's machine is. */
export function forProfile(found: FoundDocument, profile: string | undefined): FoundDocument {
  if (profile === undefined || !FOR_DEVELOPERS.test(profile)) return found;
  const document: SettingsDocument = { ...found.document, profile: "dev" };
  return { ...found, document };
}
