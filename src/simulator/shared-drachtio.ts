import type { Clock } from "../core/clock.ts";
import type { Closable } from "../core/disposal.ts";
import { TransportError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import type { ConnectOptions } from "../drachtio/index.ts";
import { userOf, type SipMessage } from "../sip/message/index.ts";
import type {
  IncomingRequest,
  OutgoingRequest,
  ReceivedResponse,
  RequestObserver,
  SentRequest,
  Signalling,
} from "./signalling.ts";
import { notAvailable } from "./not-available.ts";
import { sipUri } from "./sip-uri.ts";
import { SrfEndpoint } from "./srf-endpoint.ts";
import type { Address, TapEntry } from "./wire.ts";

export interface SharedDrachtioOptions {
  readonly connectOptions: ConnectOptions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

export interface SharedPhoneOptions {
  /** The transport is that of the phone. */
  readonly target: Address;
  /** Is told of each message that the server tells of. */
  readonly tap: (entry: TapEntry) => void;
}

/** A phone's place at a server that it shares. */
export interface SharedPlace {
  readonly signalling: Signalling;
  readonly address: Address;
  /** What tells the phone's Contacts from those of the others. */
  readonly contactSuffix: string;
}

/**
 * A drachtio-server that all phones of a run share by one connection. It tells none of what it does by itself (100,
 * copies, the ACK of a refusal) and gives no hold on the wire.
 */
export class SharedDrachtio implements Closable {
  /** Where it takes applications, `host:port`. */
  readonly place: string;
  readonly #endpoint: SrfEndpoint;
  readonly #options: SharedDrachtioOptions;
  readonly #addresses: readonly Address[];
  readonly #phones = new Map<string, SharedSignalling>();
  readonly #dialogs = new Map<string, SharedSignalling>();

  /** @throws {TransportError} ERR_DRACHTIO_UNREACHABLE: nobody there, or the secret is wrong. */
  static async connect(options: SharedDrachtioOptions): Promise<SharedDrachtio> {
    const { connectOptions, log } = options;
    const place = `${connectOptions.host}:${connectOptions.port}`;
    const refused = (cause: Error): TransportError =>
      new TransportError(
        `No drachtio-server to be had at ${place}: ${cause.message}. Check --drachtio and --drachtio-secret.`,
        { code: "ERR_DRACHTIO_UNREACHABLE", details: { place }, cause },
      );
    return new SharedDrachtio(await SrfEndpoint.connect({ connectOptions, log, refused }), place, options);
  }

  private constructor(endpoint: SrfEndpoint, place: string, options: SharedDrachtioOptions) {
    this.place = place;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#addresses = endpoint.told.split(",").flatMap((told) => readAddress(told) ?? []);
    endpoint.onRequest((incoming) => {
      this.#receive(incoming);
    });
  }

  /** @throws {UsageError} ERR_NOT_AVAILABLE: the server does not speak the phone's transport. */
  openPhone({ target, tap }: SharedPhoneOptions): SharedPlace {
    const { protocol } = target;
    const address = this.#addresses.find((candidate) => candidate.protocol === protocol);
    if (!address) {
      throw notAvailable(`${protocol}, which the server does not speak (${this.#endpoint.told}),`);
    }
    const contactSuffix = `-${this.#options.ids.hex(4)}`;
    const tell = (direction: TapEntry["direction"], message: SipMessage): void => {
      const octets = message.received ?? message.toOctets();
      const ends = { local: endOf(address), remote: endOf(target) };
      tap({ at: this.#options.clock.wallTime(), direction, protocol, ...ends, octets, message, notes: [] });
    };
    const signalling = new SharedSignalling({
      endpoint: this.#endpoint,
      outboundProxy: sipUri(target),
      tell,
      entered: (dialogId) => this.#dialogs.set(dialogId, signalling),
      closed: () => {
        this.#phones.delete(contactSuffix);
        for (const [id, phone] of this.#dialogs) if (phone === signalling) this.#dialogs.delete(id);
      },
    });
    this.#phones.set(contactSuffix, signalling);
    return { signalling, address, contactSuffix };
  }

  async close(): Promise<void> {
    await this.#endpoint.close();
  }

  /** In a dialog by its id, else by the user of the Request-URI, which came from a Contact. */
  #receive(incoming: IncomingRequest): void {
    const { dialogId, request } = incoming;
    const user = userOf(request.uri) ?? "";
    const phone =
      (dialogId === undefined ? undefined : this.#dialogs.get(dialogId)) ??
      this.#phones.get(user.slice(Math.max(0, user.lastIndexOf("-"))));
    if (phone) {
      phone.receive(incoming);
      return;
    }
    if (request.method === "ACK" || incoming.byStack) return;
    incoming.respond(request.toTag === undefined ? 404 : 481).catch((error: unknown) => {
      this.#options.log.debug({ err: error }, "request for no phone not answered");
    });
  }
}

interface SharedSignallingOptions {
  readonly endpoint: SrfEndpoint;
  readonly outboundProxy: string;
  readonly tell: (direction: TapEntry["direction"], message: SipMessage) => void;
  /** The phone is in a dialog of that id from now on. */
  readonly entered: (dialogId: string) => void;
  readonly closed: () => void;
}

/** One phone's view of a connection that it shares. */
class SharedSignalling implements Signalling {
  readonly #options: SharedSignallingOptions;
  #listener: (request: IncomingRequest) => void = () => undefined;

  constructor(options: SharedSignallingOptions) {
    this.#options = options;
  }

  onRequest(listener: (request: IncomingRequest) => void): void {
    this.#listener = listener;
  }

  send(request: OutgoingRequest, observer: RequestObserver): void {
    const { endpoint, outboundProxy } = this.#options;
    const told: RequestObserver = {
      sent: (sent) => {
        observer.sent(this.#sent(sent));
      },
      response: (response) => {
        observer.response(this.#received(response));
      },
      refused: (error) => {
        observer.refused(error);
      },
    };
    endpoint.send(request, told, outboundProxy);
  }

  receive(incoming: IncomingRequest): void {
    const { tell } = this.#options;
    if (!incoming.byStack) tell("received", incoming.request);
    incoming.onCancel((cancel) => {
      tell("received", cancel);
    });
    this.#listener({
      ...incoming,
      respond: async (status, options) => {
        const sent = await incoming.respond(status, options);
        tell("sent", sent.response);
        this.#enter(sent.dialogId);
        return sent;
      },
    });
  }

  async close(): Promise<void> {
    this.#options.closed();
    await Promise.resolve();
  }

  #sent(sent: SentRequest): SentRequest {
    const { tell } = this.#options;
    tell("sent", sent.request);
    return {
      request: sent.request,
      cancel: (headers) => {
        sent.cancel(headers, (cancel) => {
          tell("sent", cancel);
        });
      },
    };
  }

  #received(response: ReceivedResponse): ReceivedResponse {
    const { tell } = this.#options;
    if (!response.madeUp) tell("received", response.message);
    this.#enter(response.dialogId);
    return {
      ...response,
      acknowledge: async (options) => {
        const ack = await response.acknowledge(options);
        if (ack) tell("sent", ack);
        return ack;
      },
    };
  }

  #enter(dialogId: string | undefined): void {
    if (dialogId !== undefined) this.#options.entered(dialogId);
  }
}

/** `host:port`, IPv6 in brackets. */
function endOf({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `udp/192.0.2.1:5060` as drachtio-server tells it. */
function readAddress(told: string): Address | undefined {
  const [, protocol, host, port] = /^(udp|tcp|tls)\/(.+):(\d{1,5})$/.exec(told.trim()) ?? [];
  if (protocol === undefined || host === undefined) return undefined;
  return { protocol: protocol as Address["protocol"], host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
