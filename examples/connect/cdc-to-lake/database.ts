import pg from "pg";
import type { RunningPostgres } from "../../../conformance/src/process/postgres.ts";

/** The user and the database that the file names, with a table; a session in it. */
export async function makeShop({ connection }: RunningPostgres): Promise<pg.Client> {
  const admin = new pg.Client(connection);
  await admin.connect();
  await admin.query("CREATE ROLE kafka SUPERUSER LOGIN");
  await admin.query("CREATE DATABASE mydb OWNER kafka");
  await admin.end();
  const shop = new pg.Client({ ...connection, user: "kafka", database: "mydb" });
  await shop.connect();
  await shop.query("CREATE TABLE orders (id int PRIMARY KEY, item text, pieces int)");
  return shop;
}
