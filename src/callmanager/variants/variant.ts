import type { Policies } from "../policies/policies.ts";

/** A call manager that differs from the reference one and is legal: no check of a `must` rule may fail on it. */
export interface Variant {
  /** Kebab-case, stable: `forbids-unknown-users`. */
  readonly name: string;
  /** What this call manager does otherwise, without its subject. */
  readonly title: string;
  /** Why that is legal: the accept set of a rule, or a section of an RFC. */
  readonly legalBecause: string;
  readonly policies: Partial<Policies>;
}
