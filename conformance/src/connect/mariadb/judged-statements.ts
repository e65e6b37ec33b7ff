// Rows and changes that Debezium and we are given alike. What we do otherwise on purpose (the connector's README lists it) is not among them.

/** What MySQL 8.0.12 does not have: UUID, and defaults that are expressions or of a text. */
const NOT_IN_MYSQL: readonly (readonly [string, string])[] = [
  [" u uuid,", ""],
  [" u, vcb, zf", " vcb, zf"],
  ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'bin'", "'bin'"],
  ["NULL, '', 0, '', '')", "'', 0, '', '')"],
  ["computed int DEFAULT (1 + 1)", "computed int DEFAULT 2"],
  ["tx text DEFAULT", "tx varchar(3) DEFAULT"],
  // Debezium's reader counts a YEAR and BITs among the numbers whose signs an old MySQL tells, and stops where they make another byte.
  [", gen int AS (i*2) STORED, genv int AS (i*3) VIRTUAL", ""],
  [" re real,", ""],
  ["db, re, b1", "db, b1"],
  ["1.23456789012345678, 2.5, b'1'", "1.23456789012345678, b'1'"],
  ["1, 1, b'0', b'1'", "1, b'0', b'1'"],
];

/** The same for MySQL. */
export const forMysql = (statements: readonly string[]): string[] =>
  statements.map((statement) => NOT_IN_MYSQL.reduce((text, [theirs, mine]) => text.replace(theirs, mine), statement));

/** Tables and rows that are there before. */
export const JUDGED_TABLES: readonly string[] = [
  "CREATE DATABASE store CHARACTER SET utf8mb4",
  "USE store",
  `CREATE TABLE types (id int PRIMARY KEY, ti tinyint, tiu tinyint unsigned, t1 tinyint(1), bo boolean, si smallint, siu smallint unsigned, mi mediumint, miu mediumint unsigned, i int, iu int unsigned,
     bi bigint, biu bigint unsigned, d1 decimal(8,2), d2 decimal(65,30), d3 decimal(10,0), du decimal(9,3) unsigned, f float, f2 float(7,3), db double, re real, b1 bit(1), b5 bit(5), b64 bit(64), y year,
     da date, ti0 time, ti3 time(3), ti6 time(6), dt0 datetime, dt1 datetime(1), dt3 datetime(3), dt6 datetime(6), ts0 timestamp NULL, ts1 timestamp(1) NULL, ts3 timestamp(3) NULL, ts6 timestamp(6) NULL,
     c5 char(5), vc varchar(10), vcl varchar(10) CHARACTER SET latin1, vcs varchar(10) CHARACTER SET sjis, bn binary(4), vb varbinary(8), tt tinytext, te text, mt mediumtext, lt longtext, tb tinyblob, bl blob,
     mb mediumblob, lb longblob, en enum('a','b','c d'), ec enum('a,b','c'), se set('x','y','z'), js json, g geometry, p point, ls linestring, u uuid, vcb varchar(20) COLLATE utf8mb4_bin, zf int(5) zerofill,
     nat nchar(4), ucs varchar(5) CHARACTER SET ucs2, gen int AS (i*2) STORED, genv int AS (i*3) VIRTUAL)`,
  `CREATE TABLE defaults (id int PRIMARY KEY AUTO_INCREMENT, i int NOT NULL DEFAULT 7, n decimal(5,2) DEFAULT 1.5, ts timestamp NULL DEFAULT '2020-01-02 03:04:05', dt datetime(3) DEFAULT '2020-01-02 03:04:05.678',
     b bool DEFAULT true, e enum('sad','ok') DEFAULT 'ok', d date DEFAULT '2021-02-03', ba binary(2) NOT NULL DEFAULT 'ab', bits bit(3) NOT NULL DEFAULT b'101', b1 bit(1) NOT NULL DEFAULT b'1',
     f8 double NOT NULL DEFAULT 1.5, tt time NOT NULL DEFAULT '00:01', neg int DEFAULT -5, vc varchar(10) NOT NULL DEFAULT '', ch char(3) DEFAULT 'ab', s set('x','y') DEFAULT 'x,y', yy year DEFAULT 2020,
     fl float DEFAULT 1.5, computed int DEFAULT (1 + 1), nn int DEFAULT NULL, tx text DEFAULT 'abc', nodef varchar(4) NOT NULL)`,
  "CREATE TABLE keyless (a int, b varchar(20) NOT NULL)",
  "CREATE TABLE composite (id int, id2 varchar(10), name varchar(20) NOT NULL, PRIMARY KEY (id2, id))",
  "CREATE TABLE uni (a int NOT NULL, b int, UNIQUE KEY (a))",
  "CREATE TABLE `weird-name é` (id int PRIMARY KEY, `a b` int)",
  `INSERT INTO types (id, ti, tiu, t1, bo, si, siu, mi, miu, i, iu, bi, biu, d1, d2, d3, du, f, f2, db, re, b1, b5, b64, y, da, ti0, ti3, ti6, dt0, dt1, dt3, dt6, ts0, ts1, ts3, ts6, c5, vc, vcl, vcs, bn, vb, tt, te, mt, lt, tb, bl, mb, lb, en,
     se, js, g, p, ls, u, vcb, zf, nat, ucs) VALUES
     (1, -2, 200, 1, true, -300, 60000, -70000, 16000000, -5, 4000000000, -9007199254740993, 18446744073709551615, 12.34, -12345678901234567890123456789012345.123456789012345678901234567891, -77, 1.5, 1.5, 1234.567,
      1.23456789012345678, 2.5, b'1', b'10101', 0xDEADBEEF00000001, 2026, '2026-03-04', '05:06:07', '-05:06:07.123', '838:59:58.999999', '2026-03-04 05:06:07', '2026-03-04 05:06:07.9', '2026-03-04 05:06:07.123',
      '2026-03-04 05:06:07.123456', '2026-03-04 05:06:07', '2026-03-04 05:06:07.9', '2026-03-04 05:06:07.123', '2026-03-04 05:06:07.123456', 'ab', 'var', 'é€', '表示', 'a', 0x0031, 'tiny', 'te"xt', '🐎', 'long',
      0x01, 'blob', 'm', 'l', 'c d', 'x,z', '{"a": 1,  "b":2}', ST_GeomFromText('POINT(1.5 -2)', 4326), POINT(3, 4), ST_GeomFromText('LINESTRING(0 0,1 1)'), 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'bin', 42, 'nat',
      'ucs'),
     (11, 1, 1, 0, false, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, b'0', b'1', 1, 1901, '1000-01-01', '00:00:00', '00:00:00', '-00:00:01', '9999-12-31 23:59:59', '2000-01-01', '2000-01-01', '1969-12-31 23:59:59.999999',
      '1970-01-01 00:00:01', '2000-01-01 00:00:00.9', '2000-01-01 00:00:00.123', '2000-01-01 00:00:00.000001', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 'a', '', '[]', POINT(0, 0), POINT(-0.5, 1e300), ST_GeomFromText('LINESTRING(0 0,1 1)'), NULL, '', 0, '', '')`,
  "INSERT INTO types (id) VALUES (2)",
  "INSERT INTO defaults (id, nodef) VALUES (1, 'x')",
  "INSERT INTO keyless VALUES (1, 'b')",
  "INSERT INTO uni VALUES (1, 2)",
  "INSERT INTO `weird-name é` VALUES (1, 2)",
];

/** Changes, each a transaction. */
export const JUDGED_CHANGES: readonly string[] = [
  "UPDATE types SET i = 6 WHERE id = 1",
  "UPDATE types SET id = 100 WHERE id = 2",
  "DELETE FROM types WHERE id = 100",
  "UPDATE types SET id = 12 WHERE id = 11",
  "INSERT INTO types (id, b64, ts6, dt6, dt3) VALUES (13, 256, '2001-01-01 00:00:00.5', '2001-01-01 00:00:00.5', '1969-12-31 23:59:59.5')",
  "INSERT INTO defaults (nodef) VALUES ('y')",
  "UPDATE defaults SET n = NULL WHERE id = 2",
  "DELETE FROM defaults WHERE id = 2",
  "INSERT INTO composite VALUES (1, 'k', 'nm')",
  "UPDATE composite SET name = 'z'",
  "UPDATE composite SET id = 9",
  "DELETE FROM composite",
  "BEGIN; INSERT INTO keyless VALUES (3, 'd'), (4, 'e'); INSERT INTO uni VALUES (7, 8); UPDATE keyless SET b = 'q'; COMMIT",
  "UPDATE uni SET a = 10 WHERE a = 1",
  "TRUNCATE keyless",
  "TRUNCATE TABLE store.uni",
  "INSERT INTO keyless VALUES (1, 'm'), (2, 'm')",
  "ALTER TABLE composite ADD COLUMN z text, ADD COLUMN y int NOT NULL DEFAULT 3 FIRST",
  "INSERT INTO composite (id, id2, name, z) VALUES (5, 'a', 'b', 'q')",
  "CREATE TABLE later (id int PRIMARY KEY, v varchar(9) DEFAULT 'x')",
  "INSERT INTO later (id) VALUES (1)",
  "UPDATE `weird-name é` SET `a b` = 3",
  "INSERT INTO keyless VALUES (-1, 'the end')",
];
