import { defineMixedGroupCases } from "./client-cases/mixed-group-cases.ts";
import { requireTarget } from "./target.ts";

defineMixedGroupCases(requireTarget);
