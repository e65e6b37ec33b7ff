import type { Principal, Session } from "../handler.ts";
import type { Closed } from "../net/closed.ts";
import type { MemoryAccount } from "../net/client-memory.ts";
import type { ClientEndpoint } from "../net/listener.ts";

/** Whom Kafka sees behind a connection that did not have to say who it is. */
const ANONYMOUS: Principal = { type: "User", name: "ANONYMOUS" };

/** The {@link Session} of one connection. The pipeline alone changes it. */
export class ConnectionSession implements Session {
  readonly id: number;
  readonly listenerName: string;
  readonly nodeId: number;
  readonly clientHost: string;
  readonly serverHost: string;
  readonly closed: Closed;
  readonly memory: MemoryAccount;
  readonly principal: Principal = ANONYMOUS;
  readonly authentication: Session["authentication"];

  constructor(place: SessionPlace, client: ClientEndpoint) {
    this.id = client.connectionId;
    this.listenerName = place.listenerName;
    this.nodeId = place.nodeId;
    this.authentication = place.authentication;
    this.clientHost = client.clientHost;
    this.serverHost = client.serverHost;
    this.closed = client.closed;
    this.memory = client.memory;
  }
}

/** The listener that connections come through. */
export interface SessionPlace {
  readonly nodeId: number;
  readonly listenerName: string;
  /** What its connections begin with: "done" where the listener asks for no authentication. */
  readonly authentication: Session["authentication"];
}
