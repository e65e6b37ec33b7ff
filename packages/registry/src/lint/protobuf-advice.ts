import type { ProtoFile, ProtoMessage, ProtoType } from "../formats/protobuf/proto-file.ts";
import { namesInCase } from "./names-in-case.ts";
import type { SchemaAdvice } from "./schema-advice.ts";

/** What a file of Protobuf has that readers misread: names that differ in case alone. */
export function protobufAdvice(file: ProtoFile): readonly SchemaAdvice[] {
  return messagesOf(file).flatMap(({ message }) =>
    namesInCase(message.fields.map(({ name }) => name)).map(([first, second]): SchemaAdvice => {
      const text = `"${first}" and "${second}" differ in case alone: SQL, JSON and generated code take them for one.`;
      return { rule: "SCH-21", path: pathOf(message.fullName, second, file), name: `${message.fullName}.${second}`, message: text };
    }),
  );
}

/** Every message with its place among its siblings, by which records name it (message indexes of the wire format). */
export function messagesOf(file: ProtoFile): readonly { readonly message: ProtoMessage; readonly indexes: readonly number[] }[] {
  const found: { readonly message: ProtoMessage; readonly indexes: readonly number[] }[] = [];
  const visit = (types: readonly ProtoType[], around: readonly number[]): void => {
    for (const [i, message] of types.filter((type) => type.kind === "message").entries()) {
      const indexes = [...around, i];
      found.push({ message, indexes });
      visit(message.types, indexes);
    }
  };
  visit(file.types, []);
  return found;
}

/** `#/Message/field`, without the package. */
export function pathOf(fullName: string, member: string | undefined, file: ProtoFile): string {
  const local = file.package !== "" && fullName.startsWith(`${file.package}.`) ? fullName.slice(file.package.length + 1) : fullName;
  return `#/${local.replaceAll(".", "/")}${member === undefined ? "" : `/${member}`}`;
}
