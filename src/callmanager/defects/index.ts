import type { Defect } from "./defect.ts";
import { limitDefects } from "./limits.ts";
import { registrationDefects } from "./registration.ts";
import { transportDefects } from "./transport.ts";
import { videoDefects } from "./video.ts";

/** Every defect of the catalogue, by feature. Names are unique. */
export const defects: readonly Defect[] = [
  ...registrationDefects,
  ...videoDefects,
  ...limitDefects,
  ...transportDefects,
];
