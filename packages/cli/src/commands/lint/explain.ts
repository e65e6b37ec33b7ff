import { printVersions, ruleById, rules, whyByHand } from "@ottla/expert";
import { type RunCommand, UsageError } from "../../command.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

export const explain: RunCommand = async (context) => {
  const { options, positionals, stdout, env } = context;
  const [id] = positionals;
  const style = textStyle(stdout, env);
  if (id === undefined) {
    const columns = [{ title: "rule" }, { title: "name" }, { title: "severity" }, { title: "speaks when" }];
    if (options.has("json")) printJson(context, rules.map(facts));
    else
      stdout.write(
        renderTable(
          columns,
          rules.map((rule) => [rule.id, rule.name, rule.severity, rule.condition]),
          style,
        ),
      );
    return 0;
  }
  const rule = ruleById(id);
  if (!rule) throw new UsageError(`There is no rule ${id}; "ottla explain" lists them.`);
  if (options.has("json")) printJson(context, facts(rule));
  else
    stdout.write(
      [
        `${style.bold(`${rule.id} ${rule.name}`)}  ${rule.severity}, confidence ${rule.confidence}${rule.profiles ? `, for ${rule.profiles.join(" and ")}` : ""}`,
        `Speaks when  ${rule.condition}`,
        ...(rule.inCluster === undefined ? [] : [`In a cluster ${rule.inCluster}`]),
        `Why          ${rule.why}`,
        `Fix          ${rule.fix}`,
        ...whyByHand(rule.id).map((reason) => `By hand      ${reason}`),
        `Source       ${rule.source}`,
        `Kafka        ${printVersions(rule)}`,
        ...(rule.thresholds ?? []).map(
          ({ name, meaning, default: value, unit, least, most }) =>
            `Threshold    ${name}: ${meaning}; ${value} ${unit}, may be ${least} to ${most}`,
        ),
        ...(rule.thresholds ? [`             set in ottla.yaml: lint: {thresholds: {${rule.id}: {${rule.thresholds[0]!.name}: …}}}`] : []),
        "",
      ].join("\n"),
    );
  return 0;
};

function facts(rule: (typeof rules)[number]) {
  const { id, name, severity, confidence, condition, inCluster, why, fix, source, profiles, thresholds } = rule;
  const byHand = whyByHand(id);
  const versions = printVersions(rule);
  return {
    id,
    name,
    severity,
    confidence,
    condition,
    inCluster,
    why,
    fix,
    ...(byHand.length > 0 && { byHand }),
    source,
    versions,
    profiles,
    thresholds,
  };
}
