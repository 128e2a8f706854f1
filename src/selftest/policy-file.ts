import { existsSync } from "node:fs";
import { relative } from "node:path";
import { correctPolicies, type Defect, type Policies, type Variant } from "../callmanager/index.ts";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/text.ts";
import { isRuleId, levelOf, RULES, type RuleId } from "../rules/index.ts";
import { loadScript } from "../scenarios/index.ts";

/** What a file of policies brings: call managers that are not in the catalogue. */
export interface PolicyFile {
  readonly defects: readonly Defect[];
  readonly variants: readonly Variant[];
  /** Its default export: replacements that neither claim to break a rule nor to be legal. */
  readonly policies?: Partial<Policies>;
}

type Fields = Readonly<Record<string, unknown>>;

const POLICY_NAMES = Object.keys(correctPolicies);

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** Checks what a file exports, entry by entry, and keeps all that is wrong with it. */
class Reading {
  readonly problems: string[] = [];
  readonly #names = new Map<string, string>();

  entries<T>(key: string, value: unknown, read: (fields: Fields, where: string) => T): T[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.problems.push(`"${key}" has to be an array`);
      return [];
    }
    return (value as unknown[]).flatMap((entry, index) => {
      const where = `${key}[${index}]`;
      if (isFields(entry)) return [read(entry, isText(entry["name"]) ? `${where} "${entry["name"]}"` : where)];
      this.problems.push(`${where} has to be an object with name and policies`);
      return [];
    });
  }

  readonly defect = (fields: Fields, where: string): Defect => ({
    ...this.#named(fields, where),
    rule: this.#rule(fields["rule"], where),
  });

  readonly variant = (fields: Fields, where: string): Variant => ({
    ...this.#named(fields, where),
    legalBecause: isText(fields["legalBecause"]) ? fields["legalBecause"] : "its author says so",
  });

  policies(value: unknown, where: string): Partial<Policies> {
    if (!isFields(value)) {
      this.problems.push(`${where}: "policies" has to be an object of functions, such as { identifyDevice: … }`);
      return {};
    }
    if (Object.keys(value).length === 0) this.problems.push(`${where}: "policies" replaces nothing`);
    for (const [name, policy] of Object.entries(value)) {
      if (!POLICY_NAMES.includes(name)) {
        const known = `The policies are ${POLICY_NAMES.join(", ")}.`;
        this.problems.push(`${where}: there is no policy "${name}".${didYouMean(name, POLICY_NAMES)} ${known}`);
      } else if (typeof policy !== "function") {
        this.problems.push(`${where}: policy "${name}" is not a function`);
      }
    }
    return value;
  }

  #named(fields: Fields, where: string): Pick<Defect, "name" | "title" | "policies"> {
    const name = isText(fields["name"]) ? fields["name"] : "";
    const title = isText(fields["title"]) ? fields["title"] : name;
    if (name === "") this.problems.push(`${where}: "name" is missing`);
    const first = this.#names.get(name);
    if (name !== "" && first !== undefined) this.problems.push(`${where}: ${first} has that name already`);
    this.#names.set(name, first ?? where.replace(/ .*$/, ""));
    return { name, title, policies: this.policies(fields["policies"], where) };
  }

  #rule(rule: unknown, where: string): RuleId {
    if (!isText(rule)) {
      this.problems.push(`${where}: "rule" is missing; name the rule that it breaks, such as "REG-10"`);
      return "REG-01";
    }
    if (!isRuleId(rule)) {
      const hint = didYouMean(rule, RULES.keys());
      this.problems.push(`${where}: there is no rule "${rule}".${hint} "offhook list --rules" shows them all.`);
      return "REG-01";
    }
    if (levelOf(rule, { embedded: true }) === "info") {
      this.problems.push(`${where}: rule ${rule} is only observed (info), so nothing can fail by it`);
    }
    return rule;
  }
}

/** CommonJS comes with all it exports as its default, too. */
function exportsOf(module: Fields): Fields {
  const byDefault = module["default"];
  const isWhole = isFields(byDefault) && ("defects" in byDefault || "variants" in byDefault);
  return isWhole ? { ...byDefault } : module;
}

/**
 * Checks the exports of a policy file.
 * @param name how messages call the file.
 * @throws {UsageError} ERR_POLICIES_FILE with everything that is wrong: unknown policy, missing or unknown rule, a name
 *   that two have, no function, nothing exported.
 */
export function readPolicyFile(module: Fields, name: string): PolicyFile {
  const reading = new Reading();
  const exported = exportsOf(module);
  const defects = reading.entries("defects", exported["defects"], reading.defect);
  const variants = reading.entries("variants", exported["variants"], reading.variant);
  const byDefault = exported["default"];
  const policies = byDefault === undefined ? undefined : reading.policies(byDefault, "default export");
  if (reading.problems.length === 0 && defects.length + variants.length === 0 && policies === undefined) {
    reading.problems.push('exports neither "defects" nor "variants" nor policies by default');
  }
  if (reading.problems.length > 0) {
    throw new UsageError(`${name}: ${reading.problems.join("\n  ")}`, {
      code: "ERR_POLICIES_FILE",
      details: { file: name, problems: reading.problems },
    });
  }
  return { defects, variants, ...(policies && { policies }) };
}

/**
 * Loads a file of policies, JavaScript or TypeScript, from any folder; what it imports from `offhook` is the running
 * package.
 * @param file absolute path.
 * @throws {UsageError} as {@link readPolicyFile}; ERR_NO_SUCH_FILE; ERR_SCRIPT: it does not load.
 */
export async function loadPolicyFile(file: string, cwd: string): Promise<PolicyFile> {
  if (!existsSync(file)) {
    const message = `There is no file "${relative(cwd, file)}".`;
    throw new UsageError(message, { code: "ERR_NO_SUCH_FILE", details: { file } });
  }
  return readPolicyFile(await loadScript(file), relative(cwd, file));
}
