import type { Ids } from "../core/ids.ts";
import { type HeaderField, parseNameAddr, SipRequest } from "../sip/message/index.ts";
import type { ApplicationMessage } from "./application-message.ts";
import { fieldOf, type FieldOptions, missingContentType, ownFields, without } from "./header-fields.ts";
import { beginsDialog } from "./methods.ts";
import { Refusal } from "./refusal.ts";

export interface NewRequestOptions extends FieldOptions {
  readonly method: string;
  readonly requestUri: string;
  readonly message: ApplicationMessage;
  /** Sequence number when the application gives none. */
  readonly cseq: number;
  readonly ids: Ids;
}

/**
 * A request outside dialogs: the application's headers, and what it left out, supplied.
 * @throws {Refusal} From or To can't be parsed, or the payload has no type.
 */
export function newRequest({ method, requestUri, message, cseq, ids, ...options }: NewRequestOptions): SipRequest {
  const own = ownFields(message.headers, options);
  const contact = fieldOf(own, "contact") ?? (beginsDialog(method) ? `<${options.local.uriText}>` : undefined);
  const headers: HeaderField[] = [
    ["Max-Forwards", fieldOf(own, "max-forwards") ?? "70"],
    ["From", withTag(fieldOf(own, "from") ?? `<${options.local.uriText}>`, ids)],
    ["To", checked(fieldOf(own, "to") ?? `<${requestUri}>`)],
    ["Call-ID", fieldOf(own, "call-id") ?? ids.callId()],
    ["CSeq", `${sequenceNumber(fieldOf(own, "cseq")) ?? cseq} ${method}`],
    ...(contact === undefined ? [] : [["Contact", contact] as const]),
    ...without(own, "max-forwards", "from", "to", "call-id", "cseq", "contact"),
    ...missingContentType(own, message.body),
    ["Content-Length", String(message.body.length)],
  ];
  return SipRequest.create({ method, requestUri, headers, body: message.body });
}

function withTag(from: string, ids: Ids): string {
  return parsed(from).parameters.has("tag") ? from : `${from};tag=${ids.tag()}`;
}

function checked(nameAddr: string): string {
  parsed(nameAddr);
  return nameAddr;
}

function parsed(nameAddr: string): ReturnType<typeof parseNameAddr> {
  try {
    return parseNameAddr(nameAddr);
  } catch (error) {
    throw new Refusal("Error creating leg", error);
  }
}

/** `7 OPTIONS` → 7; what is not a number below 2^31 (RFC 3261 §8.1.1.5) is as good as absent. */
function sequenceNumber(cseq: string | undefined): number | undefined {
  const digits = /^[0-9]{1,10}(?![0-9])/.exec(cseq ?? "")?.[0];
  return digits !== undefined && Number(digits) < 2 ** 31 ? Number(digits) : undefined;
}
