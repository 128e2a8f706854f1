import type { Device } from "../../inventory/model.ts";
import type { HeaderField } from "../../sip/message/index.ts";
import { ALLOW, PRODUCT, SUPPORTED } from "../messages.ts";
import type { ReceivedRequest, Ruling } from "./ruling.ts";

export interface OptionsQuestion extends ReceivedRequest {
  /** Who asks, as far as its binding tells. */
  readonly device: Device | undefined;
}

export interface OptionsAnswer extends Ruling {
  readonly outcome: "answered";
  readonly status: number;
  readonly headers: readonly HeaderField[];
}

/** What an OPTIONS gets, whoever asks: 200 with what the call manager can do (CAL-13, RFC 3261 §11.2). */
export function answerOptions({ device }: Pick<OptionsQuestion, "device">): OptionsAnswer {
  return {
    outcome: "answered",
    rules: ["CAL-13"],
    reason: `${device?.name ?? "somebody"} asks what we can do`,
    status: 200,
    headers: [
      ["Allow", ALLOW],
      ["Accept", "application/sdp"],
      ["Allow-Events", "presence"],
      ["Supported", SUPPORTED.join(", ")],
      ["Server", PRODUCT],
    ],
  };
}
