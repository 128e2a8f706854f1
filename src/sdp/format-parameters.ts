import { fmtpParameters } from "./codecs.ts";

/** Format parameters that say which bit stream it is: unequal ones make it another codec. Name → parameter → default. */
const MUST_AGREE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  amr: { "octet-align": "0" }, // RFC 4867 §8.1
  "amr-wb": { "octet-align": "0" },
  g7221: { bitrate: "" }, // RFC 5577 §5
};

/**
 * The format parameters of an answer, where own and offered ones go together.
 * @returns undefined when they don't: the payload type is then not common; `fmtp` undefined: no a=fmtp line.
 */
export function agreedParameters(
  name: string,
  own: string | undefined,
  offered: string | undefined,
): { readonly fmtp: string | undefined } | undefined {
  const codec = name.toLowerCase();
  if (codec === "telephone-event") return { fmtp: agreedEvents(own, offered) };
  if (codec === "h264" && own !== undefined) return agreedH264(own, offered);
  const a = fmtpParameters(own);
  const b = fmtpParameters(offered);
  for (const [parameter, byDefault] of Object.entries(MUST_AGREE[codec] ?? {})) {
    if ((a.get(parameter) ?? byDefault) !== (b.get(parameter) ?? byDefault)) return undefined;
  }
  return { fmtp: own };
}

/** Without a=fmtp, RFC 4733 §2.4.1 means events 0–15. */
function agreedEvents(own = "0-15", offered = "0-15"): string {
  const theirs = eventNumbers(offered);
  return eventNumbers(own).every((event) => theirs.includes(event)) ? own : offered;
}

function eventNumbers(list: string): number[] {
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: Math.min(Math.max(last - first + 1, 0), 256) }, (_, index) => first + index);
  });
}

/**
 * H.264: profile and packetization mode have to agree, the level of the answer is the lower one. Who reads mode 1 reads
 * mode 0 too. Deviates from RFC 6184 §8.2.2: the constraint bits, of which real phones set different ones for the same
 * baseline stream, are taken as offered.
 */
function agreedH264(own: string, offered: string | undefined): { readonly fmtp: string } | undefined {
  const a = h264Of(own);
  const b = h264Of(offered);
  if (a.profile !== b.profile || b.mode > a.mode) return undefined;
  const level = a.level.toLowerCase() < b.level.toLowerCase() ? a.level : b.level;
  const mode = b.mode === 0 ? "" : `;packetization-mode=${b.mode}`;
  return { fmtp: `profile-level-id=${b.profile}${b.constraints}${level}${mode}` };
}

function h264Of(fmtp: string | undefined): { profile: string; constraints: string; level: string; mode: number } {
  const parameters = fmtpParameters(fmtp);
  const id = parameters.get("profile-level-id") ?? "42000a";
  return {
    profile: id.slice(0, 2).toLowerCase(),
    constraints: id.slice(2, 4),
    level: id.slice(4, 6),
    mode: Number(parameters.get("packetization-mode") ?? 0),
  };
}
