import { defineProduceCases } from "./client-cases/produce-cases.ts";
import { requireTarget } from "./target.ts";

defineProduceCases(requireTarget);
