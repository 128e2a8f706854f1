import type { Subject } from "./subjects.ts";

/** Members of a group at most: one that is not green costs a trial of each by itself. */
const MOST_MEMBERS = 5;

/** How many of the variants want each policy for themselves. */
function contentions(variants: readonly Subject[]): (subject: Subject) => number {
  const wanted = new Map<string, number>();
  for (const name of variants.flatMap(({ policies }) => Object.keys(policies))) {
    wanted.set(name, (wanted.get(name) ?? 0) + 1);
  }
  return ({ policies }) => Math.max(0, ...Object.keys(policies).map((name) => wanted.get(name) ?? 0));
}

function isDisjoint(a: Subject, b: Subject): boolean {
  return Object.keys(a.policies).every((name) => !(name in b.policies));
}

/** As few groups as policies allow: who wants what many want comes first, each into the smallest group that has it free. */
function groupVariants(variants: readonly Subject[]): Subject[][] {
  const contention = contentions(variants);
  const byContention = variants.toSorted((a, b) => contention(b) - contention(a));
  const [first] = byContention;
  if (!first) return [];
  const fewest = Math.max(Math.ceil(variants.length / MOST_MEMBERS), contention(first));
  const groups: Subject[][] = Array.from({ length: fewest }, () => []);
  for (const variant of byContention) {
    const fitting = groups.filter(
      (group) => group.length < MOST_MEMBERS && group.every((other) => isDisjoint(variant, other)),
    );
    const [smallest] = fitting.sort((a, b) => a.length - b.length);
    if (smallest) smallest.push(variant);
    else groups.push([variant]);
  }
  return groups;
}

/**
 * Which subjects are tried together, by their numbers. Variants that replace different policies are legal together as they
 * are alone, so that a group that is green clears each of its members; everything else is tried by itself.
 * @param alone variants, too.
 */
export function groupSubjects(subjects: readonly Subject[], alone: boolean): number[][] {
  const number = new Map(subjects.map((subject, index) => [subject, index]));
  const variants = alone ? [] : subjects.filter(({ kind }) => kind === "variant");
  const others = subjects.filter((subject) => !variants.includes(subject)).map((subject) => [subject]);
  return [...others, ...groupVariants(variants)]
    .map((group) => group.map((subject) => number.get(subject) ?? 0).sort((a, b) => a - b))
    .sort(([a = 0], [b = 0]) => a - b);
}

/** The call manager that differs in all that its members differ in. */
export function joined(members: readonly Subject[]): Subject {
  const names = members.map(({ name }) => name);
  return {
    kind: "variant",
    name: names.join("+"),
    title: members.map(({ title }) => title).join("; "),
    policies: Object.assign({}, ...members.map(({ policies }) => policies)) as Subject["policies"],
  };
}
