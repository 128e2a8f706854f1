import { administrationDefects } from "./administration.ts";
import { bindingDefects } from "./bindings.ts";
import { callDefects } from "./calls.ts";
import type { Defect } from "./defect.ts";
import { extensionDefects } from "./extensions.ts";
import { identityDefects } from "./identity.ts";
import { limitDefects } from "./limits.ts";
import { maximaDefects } from "./maxima.ts";
import { partialDefects } from "./partial.ts";
import { provisioningDefects } from "./provisioning.ts";
import { registrationDefects } from "./registration.ts";
import { serviceUriDefects } from "./service-uris.ts";
import { transportDefects } from "./transport.ts";
import { videoDefects } from "./video.ts";

/** Every defect of the catalogue, by feature. Names are unique. */
export const defects: readonly Defect[] = [
  ...identityDefects,
  ...registrationDefects,
  ...bindingDefects,
  ...transportDefects,
  ...provisioningDefects,
  ...administrationDefects,
  ...maximaDefects,
  ...callDefects,
  ...videoDefects,
  ...serviceUriDefects,
  ...extensionDefects,
  ...limitDefects,
  ...partialDefects,
];
