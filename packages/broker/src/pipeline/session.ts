import type { Clock, Logger, TlsPeer } from "@ottla/base";
import type { Session } from "../handler.ts";
import type { Closed } from "../net/closed.ts";
import type { MemoryAccount } from "../net/client-memory.ts";
import type { ClientEndpoint } from "../net/listener.ts";
import { type SaslRules, SaslLogin } from "../security/authentication/sasl-login.ts";
import type { AuditTrail } from "../security/audit/audit-trail.ts";
import { ANONYMOUS, type Principal, principalText } from "../security/principal.ts";

interface SessionDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditTrail | undefined;
}

/**
 * All that the broker holds for a client that has not logged in: the frame that comes in, what waits behind it, answers that are not taken. With the connection's own objects it stays
 * below 64 KiB. Kafka's `sasl.server.max.receive.size` allows half a megabyte for one frame, which no login needs: a token in an HTTP header has 16 KiB at most nearly everywhere.
 */
export const STRANGER_BYTES_MAX = 48 * 1024;
/** Requests before a login has ended. Those who ask for versions, twice, and log in need five. */
const STRANGER_REQUESTS_MAX = 32;

/** The {@link Session} of one connection. The pipeline alone changes it. */
export class ConnectionSession implements Session {
  readonly id: number;
  readonly listenerName: string;
  readonly nodeId: number;
  readonly clientHost: string;
  readonly serverHost: string;
  readonly closed: Closed;
  readonly memory: MemoryAccount;
  readonly login: SaslLogin | undefined;
  #principal: Principal = ANONYMOUS;
  #isTokenAuthenticated = false;
  #authentication: Session["authentication"] = "done";
  #requestsBeforeLogin = 0;
  /** Why it is not to be served any further; undefined while all is well. */
  refused: string | undefined;

  readonly #logger: Logger;
  readonly #audit: AuditTrail | undefined;

  constructor({ clock, logger, audit }: SessionDeps, place: SessionPlace, client: ClientEndpoint) {
    this.#logger = logger;
    this.#audit = audit;
    this.id = client.connectionId;
    this.listenerName = place.listenerName;
    this.nodeId = place.nodeId;
    this.clientHost = client.clientHost;
    this.serverHost = client.serverHost;
    this.closed = client.closed;
    this.memory = client.memory;
    if (place.sasl !== undefined) this.login = this.#beginLogin(clock, place.sasl, client);
    else if (client.tls !== undefined && place.principalOf !== undefined) this.#name(place.principalOf(client.tls), client.tls);
  }

  get principal(): Principal {
    return this.#principal;
  }

  get isTokenAuthenticated(): boolean {
    return this.#isTokenAuthenticated;
  }

  get authentication(): Session["authentication"] {
    return this.#authentication;
  }

  /** Counts a request; why it is not to be served, where there were too many before a login. */
  countRequest(): string | undefined {
    if (this.#authentication === "done" || ++this.#requestsBeforeLogin <= STRANGER_REQUESTS_MAX) return undefined;
    return `it sent more than ${STRANGER_REQUESTS_MAX} requests and did not log in`;
  }

  #beginLogin(clock: Clock, rules: SaslRules, client: ClientEndpoint): SaslLogin {
    this.#authentication = "pending";
    client.memory.limit(STRANGER_BYTES_MAX);
    return new SaslLogin(rules, {
      clock,
      closed: client.closed,
      giveUp: (reason) => client.abandon(reason),
      authenticated: (principal, { isByToken }) => {
        this.#known(principal);
        this.#isTokenAuthenticated = isByToken;
        this.#authentication = "done";
        client.memory.limit(Infinity);
      },
      ended: (outcome) => this.#audit?.login(this, outcome),
    });
  }

  #name(principal: Principal | undefined, { subject = "" }: TlsPeer): void {
    if (principal === undefined) {
      this.refused = `no rule of ssl.principal.mapping.rules applies to its certificate's subject, ${subject}`;
      this.#audit?.login(this, { kind: "failed", mechanism: "TLS", reason: "no-principal" });
      return;
    }
    this.#known(principal);
    this.#audit?.login(this, { kind: "succeeded", mechanism: "TLS", isAgain: false });
  }

  #known(principal: Principal): void {
    this.#principal = principal;
    this.#logger.debug("a client is known", { host: this.clientHost, listener: this.listenerName, principal: principalText(principal) });
  }
}

/** The listener that connections come through. */
export interface SessionPlace {
  readonly nodeId: number;
  readonly listenerName: string;
  /** Present where clients have to log in. */
  readonly sasl?: SaslRules | undefined;
  /** Who a client is by its certificate; undefined where no rule tells. Present where certificates count. */
  readonly principalOf?: ((peer: TlsPeer) => Principal | undefined) | undefined;
}
