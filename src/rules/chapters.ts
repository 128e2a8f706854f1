/** What the rules are about whose ids begin so. */
export const CHAPTERS: Readonly<Record<string, string>> = {
  REG: "Registration",
  CAL: "Calls",
  VID: "Video",
  EXT: "Cisco extensions",
  CAP: "Call limits",
  PRV: "Provisioning",
  TLS: "Transport security",
  DTM: "Digits",
  DEV: "Device behaviour",
};

/** The letters by which the id of a rule begins: a key of `CHAPTERS`. */
export function chapterOf({ id }: { readonly id: string }): string {
  return id.slice(0, id.indexOf("-"));
}
