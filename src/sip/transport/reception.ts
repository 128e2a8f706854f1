import type { HarnessError } from "../../core/errors.ts";
import { isKeepalive, parseMessage, SipParseError, type SipMessage } from "../message/index.ts";
import type { Flow } from "./address.ts";
import { NO_NOTES, showTap, type TransportContext } from "./context.ts";
import type { TapNote } from "./tap.ts";
import type { WireRules } from "./wire-rules.ts";

type Framing = "datagram" | "stream";

/** The version stands in the first line, which no one makes longer than this without malice. */
const START_LINE_OCTETS = 8192;

/** The way in: from octets, cut into messages already, over tap and wire rules to the handler. */
export class Reception {
  readonly #context: TransportContext;
  readonly #rules: WireRules;

  constructor(context: TransportContext, rules: WireRules) {
    this.#context = context;
    this.#rules = rules;
  }

  datagram(octets: Buffer, flow: Flow): void {
    if (isKeepalive(octets)) this.keepalive(octets, flow);
    else this.#octets(octets, flow, "datagram");
  }

  streamMessage(octets: Buffer, flow: Flow): void {
    this.#octets(octets, flow, "stream");
  }

  keepalive(octets: Buffer, flow: Flow): void {
    this.#context.counters.keepalives += 1;
    this.#show(octets, undefined, flow, ["keepalive"]);
  }

  /** A stream can't be cut any further: what there is of the message goes up, for a best-effort answer. */
  streamBroken(error: SipParseError, octets: Buffer, flow: Flow): void {
    this.#malformed(error, octets, flow);
  }

  #octets(octets: Buffer, flow: Flow, framing: Framing): void {
    let message: SipMessage;
    try {
      message = parseMessage(octets, framing);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      this.#malformed(error, octets, flow);
      return;
    }
    this.#context.counters.received += 1;
    if (this.#rules.has("received")) {
      this.#ruled(message, octets, flow);
      return;
    }
    this.#show(octets, message, flow, NO_NOTES);
    this.#context.handler.message(message, flow);
  }

  #ruled(message: SipMessage, octets: Buffer, flow: Flow): void {
    let passage;
    try {
      passage = this.#rules.passage("received", message, octets, flow.protocol === "udp");
    } catch (error) {
      this.#show(octets, message, flow, ["dropped"]);
      this.#context.handler.failed(flow, undefined, error as HarnessError);
      return;
    }
    this.#show(octets, message, flow, passage.notes);
    if (passage.dropped) return;
    const untouched = passage.octets === octets;
    this.#rules.after(passage.delayMs, () => {
      if (untouched) this.#context.handler.message(message, flow);
      else this.#parsed(passage.octets, flow);
      for (let copy = 1; copy < passage.copies; copy += 1) this.#parsed(passage.octets, flow);
    });
  }

  /** A rewritten message, or the copy of one: the handler gets an object of its own. */
  #parsed(octets: Buffer, flow: Flow): void {
    let message: SipMessage;
    try {
      message = parseMessage(octets);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      this.#context.handler.malformed(error, octets, flow);
      return;
    }
    this.#context.handler.message(message, flow);
  }

  #malformed(error: SipParseError, octets: Buffer, flow: Flow): void {
    const { counters, handler, log } = this.#context;
    if (!mentionsSip(octets)) {
      counters.notSip += 1;
      this.#show(octets, undefined, flow, ["not-sip"]);
      return;
    }
    counters.malformed += 1;
    this.#show(octets, undefined, flow, ["malformed"]);
    log.debug({ remote: flow.remote, problem: error.message }, "malformed message received");
    handler.malformed(error, octets, flow);
  }

  #show(octets: Buffer, message: SipMessage | undefined, flow: Flow, notes: readonly TapNote[]): void {
    if (this.#context.tap) showTap(this.#context, "received", flow, octets, message, notes);
  }
}

/** Whether the octets begin like SIP of any version, or mean to: then somebody may wait for an answer. */
function mentionsSip(octets: Buffer): boolean {
  const start = octets.subarray(0, START_LINE_OCTETS);
  const lineEnd = start.indexOf(0x0a);
  const line = lineEnd < 0 ? start : start.subarray(0, lineEnd);
  return line.toString("latin1").toUpperCase().includes("SIP/");
}
