import type { Device } from "../../inventory/model.ts";
import type { HeaderField, SipRequest } from "../../sip/message/index.ts";
import type { Binding } from "../location-service.ts";
import type { Registration } from "./admit-registration.ts";
import type { Ruling } from "./ruling.ts";

export interface RegistrationWordingQuestion {
  readonly request: SipRequest;
  readonly device: Device;
  /** What was carried out. */
  readonly registration: Registration;
  /** The binding of that line on this device now; undefined: it has none. */
  readonly binding: Binding | undefined;
  /** Bindings of the same number on other devices. */
  readonly others: readonly Binding[];
  /** No line of the device was registered before. */
  readonly newDevice: boolean;
}

export interface RegistrationWording extends Ruling {
  readonly outcome: "worded";
  readonly headers: readonly HeaderField[];
  readonly body?: { readonly type: string; readonly content: string };
}

/**
 * How the 200 to a REGISTER reads: the lifetime in an Expires header, no `expires` parameter (REG-18), the Contact of
 * this device and of no other (REG-24), Cisco's marks (REG-26), and no body, whatever body came (EXT-09).
 */
export function wordRegistration({
  registration,
  binding,
  newDevice,
}: Pick<RegistrationWordingQuestion, "registration" | "binding" | "newDevice">): RegistrationWording {
  const worded = (headers: readonly HeaderField[], reason: string): RegistrationWording => ({
    outcome: "worded",
    rules: ["REG-18", "REG-24"],
    reason,
    headers,
  });
  if (registration.outcome === "unbind") return worded([["Expires", "0"]], "the binding is gone");
  if (registration.outcome === "query") {
    return worded(binding ? [["Contact", `<${binding.contact.uriText}>`]] : [], "the binding, where there is one");
  }
  const { contact, expiresSeconds } = registration;
  return worded(
    [
      ["Expires", String(expiresSeconds)],
      ["Contact", `<${contact.uriText}>${newDevice ? ";x-cisco-newreg" : ""}`],
      ["Supported", "X-cisco-sis-10.0.0"],
    ],
    `own Contact, ${expiresSeconds} s by header`,
  );
}
