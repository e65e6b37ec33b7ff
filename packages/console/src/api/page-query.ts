import { z } from "zod";
import type { PageQuery } from "../watch/page-of.ts";

const PAGE_SIZE_MAX = 500;

const shape = z.object({
  search: z.string().max(300).default(""),
  sort: z.string().max(50).default("name"),
  order: z.enum(["ascending", "descending"]).default("ascending"),
  page: z.coerce.number().int().min(0).max(1_000_000).default(0),
  pageSize: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(50),
});

/** The part of a table that a request asks for. Errors: what zod says. */
export function pageQueryOf(query: Readonly<Record<string, string>>): PageQuery {
  return shape.parse(query);
}
