import type { Clock } from "../../src/core/clock.ts";
import { Inbox } from "../../src/core/inbox.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import type { HarnessError } from "../../src/core/errors.ts";
import { SipRequest, type SipMessage, type SipParseError } from "../../src/sip/message/index.ts";
import {
  TransportLayer,
  type Address,
  type Flow,
  type TapEntry,
  type TransportHandler,
  type TransportOptions,
} from "../../src/sip/transport/index.ts";

export interface Received {
  readonly message: SipMessage;
  readonly flow: Flow;
}

/** A transport layer whose news are kept in inboxes. */
export class TransportEndpoint {
  readonly layer: TransportLayer;
  readonly tapped: TapEntry[];
  readonly messages: Inbox<Received>;
  readonly malformed: Inbox<{ error: SipParseError; octets: Buffer; flow: Flow }>;
  readonly failures: Inbox<{ to: Address | Flow; message: SipMessage | undefined; error: HarnessError }>;
  readonly closed: Inbox<{ flow: Flow; error: HarnessError | undefined }>;

  private constructor(layer: TransportLayer, clock: Clock, tapped: TapEntry[]) {
    this.layer = layer;
    this.tapped = tapped;
    this.messages = new Inbox(clock);
    this.malformed = new Inbox(clock);
    this.failures = new Inbox(clock);
    this.closed = new Inbox(clock);
  }

  static async open(
    options: Omit<TransportOptions, "clock" | "tap"> & { clock?: Clock },
    handler: Partial<TransportHandler> = {},
  ): Promise<TransportEndpoint> {
    const tapped: TapEntry[] = [];
    const clock = options.clock ?? systemClock;
    const layer = await TransportLayer.open({ ...options, clock, tap: (entry) => tapped.push(entry) });
    const endpoint = new TransportEndpoint(layer, clock, tapped);
    layer.start({ ...endpoint.#keeper(), ...handler });
    return endpoint;
  }

  get address(): Address {
    const [address] = this.layer.addresses;
    if (!address) throw new Error("the endpoint listens nowhere");
    return address;
  }

  get wire(): TransportLayer["wire"] {
    return this.layer.wire;
  }

  send(message: SipMessage, to: Address | Flow): void {
    this.layer.send(message.toOctets(), message, to);
  }

  /** Takes the next message from its inbox. */
  async next(): Promise<Received> {
    return await this.messages.take({ timeoutMs: 5000, description: "the endpoint waited for a message" });
  }

  async nextFailure(): Promise<{ to: Address | Flow; message: SipMessage | undefined; error: HarnessError }> {
    return await this.failures.take({ timeoutMs: 5000, description: "the endpoint waited for a failure" });
  }

  /** Sends OPTIONS and waits until it has come: what was sent before on the same way has come too, or never will. */
  async fence(to: TransportEndpoint, way: Address | Flow = to.address): Promise<Flow> {
    const fence = optionsRequest(`fence-${this.tapped.length}`);
    this.send(fence, way);
    const { flow } = await to.messages.take(
      { timeoutMs: 5000, description: "the endpoint waited for the fence" },
      ({ message }) => message.callId === fence.callId,
    );
    return flow;
  }

  async close(): Promise<void> {
    await this.layer.close();
  }

  #keeper(): TransportHandler {
    return {
      message: (message, flow) => {
        this.messages.put({ message, flow });
      },
      malformed: (error, octets, flow) => {
        this.malformed.put({ error, octets, flow });
      },
      failed: (to, message, error) => {
        this.failures.put({ to, message, error });
      },
      closed: (flow, error) => {
        this.closed.put({ flow, error });
      },
    };
  }
}

/** A whole OPTIONS request; messages of tests are told apart by their Call-ID. */
export function optionsRequest(callId: string, body = ""): SipRequest {
  return SipRequest.create({
    method: "OPTIONS",
    requestUri: "sip:service@example.com",
    headers: [
      ["Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1"],
      ["From", "<sip:alice@example.com>;tag=1"],
      ["To", "<sip:service@example.com>"],
      ["Call-ID", callId],
      ["CSeq", "1 OPTIONS"],
      ["Max-Forwards", "70"],
    ],
    body,
  });
}
