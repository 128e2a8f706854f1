import type { Subject } from "./subjects.ts";

/** Members of a group at most: one that is not green costs a trial of each by itself. */
const MOST_MEMBERS = 4;

function isDisjoint(a: Subject, b: Subject): boolean {
  return Object.keys(a.policies).every((name) => !(name in b.policies));
}

/**
 * Which subjects are tried together, by their numbers. Variants that replace different policies are legal together as they
 * are alone, so that a group that is green clears each of its members; everything else is tried by itself.
 * @param alone variants, too.
 */
export function groupSubjects(subjects: readonly Subject[], alone: boolean): number[][] {
  const groups: number[][] = [];
  for (const [index, subject] of subjects.entries()) {
    const fits = (members: readonly number[]): boolean =>
      members.length < MOST_MEMBERS &&
      members.every((member) => {
        const other = subjects[member];
        return other?.kind === "variant" && isDisjoint(subject, other);
      });
    const group = subject.kind === "variant" && !alone ? groups.find(fits) : undefined;
    if (group) group.push(index);
    else groups.push([index]);
  }
  return groups;
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
