import { callVariants } from "./calls.ts";
import { registrationVariants } from "./registration.ts";
import { sessionVariants } from "./sessions.ts";
import type { Variant } from "./variant.ts";
import { wireFormVariants } from "./wire-form.ts";

/** Every variant of the catalogue. Names are unique, also among the defects. */
export const variants: readonly Variant[] = [
  ...registrationVariants,
  ...callVariants,
  ...sessionVariants,
  ...wireFormVariants,
];
