import type { Defect, Policies } from "../callmanager/index.ts";
import { assertRules } from "../scenarios/index.ts";
import { catalogueOf, entryNamed } from "./choose-policies.ts";
import type { PolicyFile } from "./policy-file.ts";

/** A call manager that the suite is tried on. `policies`: the default export of a file, which claims nothing. */
export interface Subject {
  readonly kind: "correct" | "variant" | "defect" | "policies";
  readonly name: string;
  readonly title: string;
  /** The rule that a defect breaks. */
  readonly rule?: Defect["rule"];
  readonly policies: Partial<Policies>;
}

/** Which subjects are asked for; nothing: all there are. */
export interface SubjectSelection {
  readonly defects: readonly string[];
  readonly variants: readonly string[];
  /** Rules whose defects are meant. */
  readonly rules: readonly string[];
}

const CORRECT: Subject = {
  kind: "correct",
  name: "correct",
  title: "the reference call manager as it is",
  policies: {},
};

/**
 * The subjects of a self-test, the correct call manager first, in the order of the catalogue or of the file that takes
 * its place.
 * @throws {UsageError} ERR_UNKNOWN_POLICIES, ERR_UNKNOWN_RULE: a name that nothing has.
 */
export function subjectsOf(selection: SubjectSelection, file?: PolicyFile): Subject[] {
  const { defects, variants } = catalogueOf(file);
  assertRules(selection.rules);
  const namedDefects = new Set(selection.defects.map((name) => entryNamed(defects, name, "defect")));
  const namedVariants = new Set(selection.variants.map((name) => entryNamed(variants, name, "variant")));
  const all = namedDefects.size + namedVariants.size + selection.rules.length === 0;
  const byDefault: Subject[] =
    all && file?.policies
      ? [{ kind: "policies", name: "default-export", title: "policies that the file exports", policies: file.policies }]
      : [];
  const chosen: Subject[] = [
    ...variants
      .filter((variant) => all || namedVariants.has(variant))
      .map(({ name, title, policies }): Subject => ({ kind: "variant", name, title, policies })),
    ...byDefault,
    ...defects
      .filter((defect) => all || namedDefects.has(defect) || selection.rules.includes(defect.rule))
      .map(({ name, title, rule, policies }): Subject => ({ kind: "defect", name, title, rule, policies })),
  ];
  return chosen.length === 0 ? [] : [CORRECT, ...chosen];
}
