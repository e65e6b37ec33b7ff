/** The version of the format. A reader takes events with fields that it does not know; another number means that known fields changed their meaning. */
export const AUDIT_FORMAT_VERSION = 1;

/** A client, as far as an event tells. */
export interface AuditClient {
  /** `User:alice`; absent while it has not logged in. */
  readonly principal?: string;
  /** Its address, such as `10.1.2.3`. */
  readonly host: string;
  /** Name of the listener it came through. */
  readonly listener: string;
  /** Absent where it sent none, and where events of several are one. */
  readonly clientId?: string;
  /** Number of the connection in this run of the broker; of the last one where `count` says that there were more. */
  readonly connection: number;
}

/** The request that an event is about; the last one where `count` says that there were more. */
export interface AuditRequest {
  /** Kafka's name of it, such as `CreateTopics`. */
  readonly api: string;
  readonly version: number;
  readonly correlation: number;
}

/** What something was done to. Types: `TOPIC`, `GROUP`, `CLUSTER`, `TRANSACTIONAL_ID`, `DELEGATION_TOKEN`, `USER`, `BROKER`, `CLIENT_METRICS`, `CLIENT_QUOTA`, `ACL`, `FEATURE`, at a console also `PLAN`, at Connect `CONNECTOR` and `CONNECT`. */
export interface AuditResource {
  readonly type: string;
  /** Absent where one event stands for many names. Longer ones than 256 characters end in "…". */
  readonly name?: string;
}

/** Why access was allowed or denied. "none-matches": ACLs concern the resource, and none lets this through. */
export interface AuditRule {
  readonly kind: "super-user" | "acl" | "no-acl" | "none-matches";
  /** For "acl": the one that decided, in Kafka's words. */
  readonly acl?: AuditAcl;
}

/** An ACL in Kafka's words. */
export interface AuditAcl {
  readonly principal: string;
  readonly host: string;
  readonly operation: string;
  readonly permission: string;
  readonly resourceType: string;
  readonly resourceName: string;
  readonly patternType: string;
}

/** How many times the same happened, where it was more than once: since the event before of that kind, from `since` to the event's `time`. */
interface AuditRepeats {
  readonly count?: number;
  readonly since?: string;
}

/** Something was asked for, and allowed or denied. */
export interface AuditAccess extends AuditRepeats {
  readonly kind: "access";
  readonly outcome: "allowed" | "denied";
  readonly client: AuditClient;
  readonly request: AuditRequest;
  /** Kafka's name, such as `DESCRIBE_CONFIGS`. */
  readonly operation: string;
  readonly resource: AuditResource;
  readonly rule: AuditRule;
  /** Present where one in so many was looked at, so that `count` stands for that many times more. */
  readonly sampledOneIn?: number;
}

/** Why a login failed, as far as anybody may know: never whether the user exists. */
export type LoginFailure =
  /** Wrong password, no such user, a message that makes no sense, a token that is not taken. */
  | "invalid-credentials"
  /** Too many of one address failed before: this one was not looked at. */
  | "rate-limited"
  | "unsupported-mechanism"
  /** A later login was somebody else's, or by another mechanism. */
  | "principal-changed"
  /** Messages in the wrong order, too many of them, or an unexpected failure. */
  | "protocol"
  | "timed-out"
  /** No rule of `ssl.principal.mapping.rules` names its certificate. */
  | "no-principal"
  /** The TLS handshake failed. */
  | "tls";

/** Somebody logged in, or tried. */
export interface AuditLogin extends AuditRepeats {
  readonly kind: "login";
  readonly outcome: "succeeded" | "failed";
  readonly client: AuditClient;
  /** A SASL mechanism, `TLS` for certificates, `PASSWORD` or `OIDC` at a console, `PASSWORD` at Connect. Absent where nobody came so far. */
  readonly mechanism?: string;
  /** It was logged in before (KIP-368). */
  readonly isAgain?: boolean;
  readonly reason?: LoginFailure;
}

/** Something of the cluster was changed, or was to be: told when the answer is known. */
export interface AuditChange {
  readonly kind: "change";
  readonly outcome: "succeeded" | "failed";
  readonly client: AuditClient;
  readonly request: AuditRequest;
  readonly action: "create" | "alter" | "delete";
  readonly resource: AuditResource;
  /** Kafka's name of the error. */
  readonly error?: string;
  /** What was to change, without secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** It was only to be checked. */
  readonly isCheckOnly?: boolean;
}

/** Something was done, or was to be, over an HTTP service of Ottla: its console, or Connect. */
export interface AuditAction extends AuditRepeats {
  readonly kind: "action";
  /** `began`: it is about to be done, where nothing may be done that is not told, and of a plan always; another event tells how it ended, unless whoever did it ended before. `denied`: whoever asked may not. */
  readonly outcome: "began" | "succeeded" | "failed" | "denied";
  /** The listener is the service, such as `console`. */
  readonly client: AuditClient;
  /** Such as `messages.read`, `plan.apply`, `logout`. */
  readonly action: string;
  readonly resource: AuditResource;
  /** The stable code of the error. */
  readonly error?: string;
  /** How much, and which, without secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Events could not be written, and are gone. */
interface AuditLost {
  readonly kind: "lost";
  readonly count: number;
}

/** Auditing begins or ends here; events of a run without an end were followed by a crash. */
interface AuditRun {
  readonly kind: "started" | "stopped";
}

/** What an event tells, by its `kind`. */
export type AuditBody = AuditAccess | AuditLogin | AuditChange | AuditAction | AuditLost | AuditRun;

/** One event: a JSON object in a line of its own. */
export type AuditEvent = {
  readonly v: typeof AUDIT_FORMAT_VERSION;
  /** ISO 8601, UTC, in ms. */
  readonly time: string;
  /** Ascending by one from 1 in each run; what is missing was lost, and a `lost` event follows. */
  readonly seq: number;
  /** Node id of the broker; of the process's first one where the event is not about a connection. */
  readonly node: number;
} & AuditBody;
