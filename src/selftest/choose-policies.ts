import { defects, variants, type Defect, type Policies, type Variant } from "../callmanager/index.ts";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/text.ts";
import type { PolicyFile } from "./policy-file.ts";

/** Beside a suggestion a longer list is left out. */
const MOST_NAMED = 20;

/** By what a single call manager is named on the command line. */
export interface Choice {
  readonly defect?: string | undefined;
  readonly variant?: string | undefined;
  /** In which the names are looked up; the catalogue otherwise. */
  readonly file?: PolicyFile | undefined;
}

export interface ChosenPolicies {
  readonly policies: Partial<Policies>;
  /** `defect busy-one-call-late (CAP-04): takes one call more…`; undefined: the correct call manager. */
  readonly description?: string;
}

/** All that can be named: what is in the file where there is one, else the catalogue. */
export function catalogueOf(file: PolicyFile | undefined): Pick<PolicyFile, "defects" | "variants"> {
  return file ?? { defects, variants };
}

/**
 * The entry of that name.
 * @param kind for the message: `defect`.
 * @throws {UsageError} ERR_UNKNOWN_POLICIES with a suggestion.
 */
export function entryNamed<T extends Defect | Variant>(entries: readonly T[], name: string, kind: string): T {
  const found = entries.find((entry) => entry.name === name);
  if (found) return found;
  const names = entries.map((entry) => entry.name);
  const suggestion = didYouMean(name, names);
  const few = names.length === 0 ? " There are none here." : ` There are ${names.join(", ")}.`;
  const many = suggestion === "" ? ` There are ${names.length}; "offhook selftest" names each.` : "";
  const which = names.length > MOST_NAMED ? many : few;
  throw new UsageError(`There is no ${kind} "${name}".${suggestion}${which}`, {
    code: "ERR_UNKNOWN_POLICIES",
    details: { kind, name },
  });
}

/**
 * The policies of one call manager.
 * @throws {UsageError} ERR_UNKNOWN_POLICIES; ERR_USAGE: two at once, or a file that holds several and none is named.
 */
export function choosePolicies({ defect, variant, file }: Choice): ChosenPolicies {
  const { defects: someDefects, variants: someVariants } = catalogueOf(file);
  if (defect !== undefined && variant !== undefined) {
    throw new UsageError("A call manager has either a defect or a variant, not both.", { code: "ERR_USAGE" });
  }
  if (defect !== undefined) {
    const { name, rule, title, policies } = entryNamed(someDefects, defect, "defect");
    return { policies, description: `defect ${name} (${rule}): ${title}` };
  }
  if (variant !== undefined) {
    const { name, title, policies } = entryNamed(someVariants, variant, "variant");
    return { policies, description: `variant ${name}: ${title}` };
  }
  if (!file) return { policies: {} };
  if (!file.policies) {
    const names = [...file.defects, ...file.variants].map((entry) => entry.name);
    const message = `The file has no policies by default. Say which: --defect or --variant, one of ${names.join(", ")}.`;
    throw new UsageError(message, { code: "ERR_USAGE" });
  }
  return { policies: file.policies, description: `policies ${Object.keys(file.policies).join(", ")} of the file` };
}
