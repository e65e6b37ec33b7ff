import { OttlaError } from "@ottla/base";
import type { RunCommand } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { registryOf } from "../../registry/registry-calls.ts";
import { RegistryRefusal } from "../../registry/registry-connection.ts";
import { versionOption } from "./schema-text.ts";
import { unknownSubject } from "./list-schemas.ts";

export const deleteSchemas: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const [subject] = positionals as [string];
  const version = versionOption(context);
  const isPermanent = options.has("permanent");
  const registry = await registryOf(context);
  const live = (await registry.versions(subject, false)) ?? [];
  // For ever only what is softly deleted already: that is done first where it is not.
  const all = isPermanent ? ((await registry.versions(subject, true)) ?? []) : live;
  const isThere = version === undefined || version === "latest" ? all.length > 0 : all.includes(version);
  if (!isThere) {
    if (options.has("if-exists")) {
      if (options.has("json")) printJson(context, { subject, deleted: [], permanent: isPermanent });
      else stdout.write(shown`${subject} has nothing to delete.\n`);
      return 0;
    }
    if (all.length === 0) throw unknownSubject(subject);
    throw new OttlaError(
      "UNKNOWN_VERSION",
      `The subject "${subject}" has no version ${version}; "ottla schemas list ${subject}" shows them.`,
    );
  }
  let deleted: readonly number[];
  if (version === undefined) {
    if (live.length > 0) await registry.deleteSubject(subject, false);
    deleted = isPermanent ? await registry.deleteSubject(subject, true) : live;
  } else {
    const number = version === "latest" ? (live.at(-1) ?? all.at(-1) ?? 0) : version;
    if (live.includes(number)) await registry.deleteVersion(subject, number, false);
    if (isPermanent) await registry.deleteVersion(subject, number, true).catch(explained(subject));
    deleted = [number];
  }
  if (options.has("json")) printJson(context, { subject, deleted, permanent: isPermanent });
  else
    stdout.write(
      shown`Deleted ${subject} version${deleted.length === 1 ? "" : "s"} ${deleted.join(", ")}${isPermanent ? " for ever" : ""}.\n`,
    );
  return 0;
};

const explained = (subject: string) => (error: unknown) => {
  if (error instanceof RegistryRefusal)
    throw new OttlaError("REGISTRY_REFUSED", `${subject} is deleted softly, and not for ever: ${error.message}`, { cause: error });
  throw error;
};
