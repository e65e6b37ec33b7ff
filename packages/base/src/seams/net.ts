import type { TlsAcceptOptions, TlsClient, TlsClientMaterial, TlsPeer, TlsServer, TlsServerMaterial, TlsStartOptions } from "./tls.ts";

/**
 * One byte stream between two ends. Events are set once, before any data can arrive, by {@link NetSocket.listen}.
 */
export interface NetSocket {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  /** Bytes handed to {@link NetSocket.write} and not yet taken by the system. */
  readonly unsentBytes: number;
  /** `borrowsChunks`: the receiver is done with a chunk when `onData` returns, so that one buffer can serve all reads of all sockets. */
  listen(events: NetSocketEvents, options?: { readonly borrowsChunks?: boolean }): void;
  /**
   * Makes it an encrypted connection, as its server: instead of {@link NetSocket.listen}, which is for the socket that this resolves to. Rejects, with the connection closed, with
   * `TLS_PLAINTEXT_PEER`, `TLS_TIMEOUT`, `TLS_CLIENT_CERTIFICATE`, `TLS_REFUSED_BY_PEER`, `TLS_HANDSHAKE_FAILED` or, where the peer left without a word, `TLS_PEER_GONE`.
   */
  acceptTls(server: TlsServer, options: TlsAcceptOptions): Promise<AcceptedTls>;
  /**
   * Makes it an encrypted connection, as its client: instead of {@link NetSocket.listen}, which is for the socket that this resolves to. Rejects, with the connection closed, with
   * `TLS_SERVER_CERTIFICATE`, `TLS_REFUSED_BY_PEER`, `TLS_PLAINTEXT_PEER`, `TLS_TIMEOUT`, `TLS_HANDSHAKE_FAILED`, `CONNECT_ABORTED` or, where the peer left without a word, `TLS_PEER_GONE`. A
   * server that refuses the client's certificate may say so later: then the socket closes with `TLS_REFUSED_BY_PEER`.
   */
  startTls(client: TlsClient, options: TlsStartOptions): Promise<NetSocket>;
  /**
   * Sends the buffers in order, in one gathering write. They must not change until `onWritten` is called, which happens once, when the system has taken
   * them or the socket has closed. Returns false when the caller should wait for `onDrain`.
   */
  write(buffers: readonly Uint8Array[], onWritten?: () => void): boolean;
  /** Stops reading: the peer is slowed by its own full buffers. */
  pause(): void;
  resume(): void;
  /** Sends what was written, then closes. */
  end(): void;
  /** Sends what was written and then the end, and closes when the peer has ended, too; what that sends until then is received. */
  endSending(): void;
  /** Closes at once; `onClose` still follows. */
  destroy(): void;
}

/** What a socket tells its owner. */
export interface NetSocketEvents {
  /** `chunk` belongs to the receiver from now on, unless it said that it borrows chunks. */
  onData(chunk: Buffer): void;
  onDrain(): void;
  /** Exactly once. `error` when the connection broke rather than ended. */
  onClose(error: Error | undefined): void;
}

/** An encrypted connection and who is at its other end. */
export interface AcceptedTls {
  readonly socket: NetSocket;
  readonly peer: TlsPeer;
}

/** A place where connections are accepted. */
export interface NetListener {
  readonly host: string;
  readonly port: number;
  /** Stops accepting; open sockets stay open. */
  close(): Promise<void>;
}

/** The network as Ottla needs it. */
export interface Net {
  /** Port 0 takes any free one. Fails with `PORT_IN_USE`, `ADDRESS_UNAVAILABLE` or `PORT_DENIED`. */
  listen(host: string, port: number, onSocket: (socket: NetSocket) => void): Promise<NetListener>;
  /** Makes a server's side of TLS. Throws `TLS_MATERIAL` where certificate, key or ciphers cannot be used. */
  tlsServer(material: TlsServerMaterial): TlsServer;
  /** Makes a client's side of TLS. Throws as {@link Net.tlsServer}. */
  tlsClient(material: TlsClientMaterial): TlsClient;
  /** Fails with `CONNECT_REFUSED`, `CONNECT_TIMEOUT` or `CONNECT_FAILED`; with `CONNECT_ABORTED` at once when `signal` says so. */
  connect(host: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<NetSocket>;
}
