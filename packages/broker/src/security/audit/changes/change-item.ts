import type { AuditChange } from "@ottla/base";
import { ErrorCode, errorInfo } from "@ottla/protocol";
import { shortName } from "../audit-names.ts";

/** One thing that a request changed, or was to change. */
export type ChangeItem = Pick<AuditChange, "action" | "resource" | "error" | "detail" | "isCheckOnly">;

/** What one API changes: of its request and its answer. */
export type ChangeReader<Request, Response> = (request: Request, response: Response, version: number) => ChangeItem[];

export interface ChangeSketch {
  readonly action: AuditChange["action"];
  readonly type: string;
  readonly name: string | null | undefined;
  readonly errorCode: number;
  readonly detail?: AuditChange["detail"] | undefined;
  readonly isCheckOnly?: boolean;
}

export function changeItem({ action, type, name, errorCode, detail, isCheckOnly = false }: ChangeSketch): ChangeItem {
  return {
    action,
    resource: { type, ...(name !== null && name !== undefined && { name: shortName(name) }) },
    ...(errorCode !== ErrorCode.NONE && { error: errorInfo(errorCode).name }),
    ...(detail !== undefined && { detail }),
    ...(isCheckOnly && { isCheckOnly }),
  };
}
