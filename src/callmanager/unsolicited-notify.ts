import { SipRequest } from "../sip/message/index.ts";
import type { Binding } from "./location-service.ts";
import { contactFor, dateHeader, lineUri, newCallId, newTag, PRODUCT, streamOf } from "./messages.ts";
import type { Services } from "./services.ts";

export interface NotifyContent {
  readonly event: string;
  readonly contentType: string;
  readonly body: string;
}

/** Sends a NOTIFY that no subscription asked for, in CUCM's form (call-manager-rules 1G). What the phone says is not awaited. */
export function notifyUnsolicited(
  services: Services,
  binding: Binding,
  { event, contentType, body }: NotifyContent,
): void {
  const { line, contact, flow } = binding;
  const request = SipRequest.create({
    method: "NOTIFY",
    requestUri: contact.uriText,
    headers: [
      ["From", `${lineUri(services, line.directoryNumber)};tag=${newTag(services)}`],
      ["To", `<${contact.uriText}>`],
      ["Call-ID", newCallId(services)],
      ["CSeq", "101 NOTIFY"],
      dateHeader(services),
      ["User-Agent", PRODUCT],
      ["Event", event],
      ["Subscription-State", "active"],
      ["Contact", contactFor(services, line.directoryNumber, flow.protocol)],
      ["Content-Type", contentType],
    ],
    body,
  });
  const heard = (): void => undefined; // whatever the phone says, there is nothing more to tell
  services.engine.send(request, { response: heard, failed: heard }, { to: streamOf(flow) });
}
