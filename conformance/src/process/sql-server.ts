/** A MariaDB or a MySQL of one test. */
export interface RunningSqlServer {
  readonly kind: "mariadb" | "mysql";
  /** For a driver: host, port and user; there is no password. */
  readonly connection: { readonly host: string; readonly port: number; readonly user: string };
  /** SIGKILL and a new start on the same data, as after a crash. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}
