import type { SipMessage } from "./message.ts";

/** The words between `separator`s, lower case, without empty ones. Malformed values are read as far as they go. */
function words(values: readonly string[], separator: string): string[] {
  return values.flatMap((value) => value.split(separator).map((word) => word.trim().toLowerCase())).filter(Boolean);
}

/** Whether the sender marked the body as one that may be left unread (RFC 3261 §20.11). */
export function isBodyOptional(message: SipMessage): boolean {
  return words(message.getAll("Content-Disposition"), ";").some(
    (parameter) => parameter.replace(/\s/g, "") === "handling=optional",
  );
}

/** Codings that the body has to be decoded from before it can be read, lower case (RFC 3261 §20.12). */
export function contentCodings(message: SipMessage): string[] {
  return words(message.getAll("Content-Encoding"), ",").filter((coding) => coding !== "identity");
}

/**
 * Whether the sender of a request takes an answer of this type. One without Accept takes session descriptions; an empty
 * Accept takes nothing (RFC 3261 §20.1).
 * @param type `application/sdp`: lower case.
 */
export function acceptsType(request: SipMessage, type: string): boolean {
  if (!request.has("Accept")) return type === "application/sdp";
  const taken = [type, type.replace(/\/.*/, "/*"), "*/*"];
  return words(request.getAll("Accept"), ",").some((range) => {
    const [name = "", ...parameters] = words([range], ";");
    return taken.includes(name) && !parameters.some((parameter) => /^q\s*=\s*0(\.0*)?$/.test(parameter));
  });
}
