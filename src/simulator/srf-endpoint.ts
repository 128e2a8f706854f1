import SrfModule from "drachtio-srf";
import { asError, PeerProtocolError, TransportError, UsageError } from "../core/errors.ts";
import type { HarnessError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { ConnectOptions } from "../drachtio/index.ts";
import { parseMessage, SipRequest, SipResponse } from "../sip/message/index.ts";
import type {
  IncomingRequest,
  OutgoingRequest,
  ReceivedResponse,
  RequestObserver,
  ResponseOptions,
  Signalling,
} from "./signalling.ts";

/** What is used of drachtio-srf: its callback form below the call layer, and nothing that merges headers. */
interface Srf {
  connect(options: object, callback: (error: Error | null, told?: string) => void): void;
  disconnect(): void;
  on(event: "error", listener: (error: Error) => void): void;
  use(handler: SrfMiddleware): void;
  use(method: string, handler: SrfMiddleware): void;
  request(uri: string, options: object, callback: (error: Error | null, request?: SrfRequest) => void): void;
}

type SrfMiddleware = (request: SrfRequest, response: SrfResponse) => void;

interface SrfRequest {
  readonly raw: string;
  readonly method: string;
  /** `application` for a request that the stack made by itself. */
  readonly source: string;
  readonly stackDialogId: string | undefined;
  on(event: "response", listener: (response: SrfResponse, acknowledge: SrfAcknowledge) => void): void;
  on(event: "cancel", listener: (message: { readonly raw: string }) => void): void;
  on(event: "update", listener: SrfMiddleware): void;
  cancel(options: object, callback: (error: unknown, cancel?: { readonly raw: string }) => void): void;
}

type SrfAcknowledge = (options: object, callback: (error: unknown, ack?: { readonly raw: string }) => void) => void;

interface SrfResponse {
  readonly msg: { readonly raw: string };
  readonly source_address: string;
  readonly stackDialogId: string | undefined;
  send(
    status: number,
    reason: string | undefined,
    options: object,
    callback: (error: unknown, sent?: { readonly raw: string }) => void,
  ): void;
}

const Srf = SrfModule as unknown as new () => Srf;

/** Methods that can arrive outside of dialogs; the front hands them only to who asked. Others follow their dialog. */
const ROUTED_METHODS = [
  "invite",
  "register",
  "message",
  "options",
  "info",
  "notify",
  "subscribe",
  "publish",
  "refer",
  "update",
] as const;

/**
 * A drachtio-srf, connected to a server of drachtio's protocol. The only file that knows the library: it goes round its call
 * layer and its digest client, and reads messages from their text, since its header objects lose order, spelling and
 * repetition (drachtio-wire-protocol.md §14).
 */
export class SrfEndpoint implements Signalling {
  readonly #srf: Srf;
  readonly #outboundProxy: string | undefined;
  readonly #onClose: () => Promise<void>;
  readonly #log: Logger;
  #listener: (request: IncomingRequest) => void = () => undefined;
  #told = "";
  #closing: Promise<void> | undefined;

  private constructor(srf: Srf, options: SrfEndpointOptions) {
    this.#srf = srf;
    this.#outboundProxy = options.outboundProxy;
    this.#onClose = options.onClose ?? (() => Promise.resolve());
    this.#log = options.log;
  }

  /** @throws what `options.refused` makes of it: the server is not there, or did not let the application in. */
  static async connect(options: SrfEndpointOptions): Promise<SrfEndpoint> {
    const srf = new Srf();
    const self = new SrfEndpoint(srf, options);
    const handle: SrfMiddleware = (request, response) => {
      self.#receive(request, response);
    };
    srf.use(handle);
    for (const method of ROUTED_METHODS) srf.use(method, handle);
    self.#told = await connect(srf, options);
    return self;
  }

  /** SIP addresses of the server as it tells them: `udp/192.0.2.1:5060,tcp/…`. */
  get told(): string {
    return this.#told;
  }

  onRequest(listener: (request: IncomingRequest) => void): void {
    this.#listener = listener;
  }

  /** @param proxy where a request outside of dialogs goes, instead of the outbound proxy. */
  send(request: OutgoingRequest, observer: RequestObserver, proxy = this.#outboundProxy): void {
    const { method, uri, headers, body, dialogId } = request;
    const options = {
      method,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
      ...(dialogId === undefined ? { proxy } : { stackDialogId: dialogId }),
    };
    if (this.#closing) {
      observer.refused(closedError(method));
      return;
    }
    try {
      this.#srf.request(uri, options, (error, sent) => {
        if (error ?? !sent) observer.refused(refusalOf(method, asError(error ?? "no echo")));
        else this.#follow(sent, observer);
      });
    } catch (error) {
      // The library asserts that it has a connection.
      observer.refused(closedError(method, asError(error)));
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    try {
      this.#srf.disconnect();
    } catch (error) {
      // Thrown when the connection is gone already.
      this.#log.debug({ err: error }, "drachtio-srf was disconnected already");
    }
    await this.#onClose();
  }

  #follow(sent: SrfRequest, observer: RequestObserver): void {
    const message = parseRequest(sent.raw);
    sent.on("response", (response, acknowledge) => {
      this.#guard(() => {
        observer.response(this.#received(response, acknowledge));
      });
    });
    // drachtio-srf hands an UPDATE that overtakes our INVITE's final response to that INVITE only.
    sent.on("update", (request, response) => {
      this.#receive(request, response);
    });
    observer.sent({
      request: message,
      cancel: (headers, told) => {
        this.#guard(() => {
          sent.cancel(headers ? { headers: { ...headers } } : {}, (_refused, cancel) => {
            if (cancel) told?.(parseRequest(cancel.raw));
          });
        });
      },
    });
  }

  #received(response: SrfResponse, acknowledge: SrfAcknowledge): ReceivedResponse {
    return {
      message: parseResponse(response.msg.raw),
      dialogId: emptyToUndefined(response.stackDialogId),
      madeUp: response.source_address === "",
      acknowledge: (options) => this.#acknowledge(acknowledge, options),
    };
  }

  async #acknowledge(
    acknowledge: SrfAcknowledge,
    { headers, body }: ResponseOptions = {},
  ): Promise<SipRequest | undefined> {
    if (this.#closing) return undefined;
    return await new Promise((resolve) => {
      const refuse = (error: unknown): void => {
        this.#log.debug({ err: error }, "ack refused");
        resolve(undefined);
      };
      try {
        acknowledge({ headers: { ...headers }, ...(body === undefined ? {} : { body }) }, (error, ack) => {
          if (error || !ack) refuse(error);
          else resolve(parseRequest(ack.raw));
        });
      } catch (error) {
        // The library asserts that it has a connection.
        refuse(error);
      }
    });
  }

  #receive(request: SrfRequest, response: SrfResponse): void {
    this.#guard(() => {
      request.on("update", (update, updateResponse) => {
        this.#receive(update, updateResponse);
      });
      this.#listener({
        request: parseRequest(request.raw),
        dialogId: emptyToUndefined(request.stackDialogId),
        byStack: request.source === "application",
        respond: (status, options) => respond(response, status, options),
        onCancel: (listener) => {
          request.on("cancel", (message) => {
            this.#guard(() => {
              listener(parseRequest(message.raw));
            });
          });
        },
      });
    });
  }

  /** drachtio-srf prints what its handlers throw and answers 500 by itself. */
  #guard(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.#log.error({ err: error }, "handler failed");
    }
  }
}

export interface SrfEndpointOptions {
  readonly connectOptions: ConnectOptions;
  /** URI to which all requests outside of dialogs go, whatever their Request-URI says. Default: where that leads. */
  readonly outboundProxy?: string;
  readonly log: Logger;
  /** Makes the error when there is no connection to be had. */
  readonly refused: (cause: Error) => HarnessError;
  /** Called when this side has disconnected. */
  readonly onClose?: () => Promise<void>;
}

/** @returns the SIP addresses that the server tells. */
async function connect(srf: Srf, { connectOptions, log, refused }: SrfEndpointOptions): Promise<string> {
  return await new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(refused(error));
    };
    srf.on("error", (error) => {
      log.debug({ err: error }, "drachtio-srf connection failed");
      fail(error);
    });
    // One attempt: the library would otherwise come back for ever, to a server that is gone.
    srf.connect({ ...connectOptions, reconnect: { maxAttempts: 1 } }, (error, told = "") => {
      if (error) fail(error);
      else resolve(told);
    });
  });
}

async function respond(
  response: SrfResponse,
  status: number,
  { reason, headers, body }: ResponseOptions = {},
): Promise<{ response: SipResponse; dialogId: string | undefined }> {
  return await new Promise((resolve, reject) => {
    const refuse = (error: unknown): void => {
      reject(
        new UsageError(`the response ${status} was not sent: ${asError(error).message}`, {
          code: "ERR_RESPONSE_REFUSED",
          details: { status },
          cause: error,
        }),
      );
    };
    const options = { headers: { ...headers }, ...(body === undefined ? {} : { body }) };
    try {
      response.send(status, reason, options, (error, sent) => {
        if (error || !sent) refuse(error ?? "no echo");
        else resolve({ response: parseResponse(sent.raw), dialogId: emptyToUndefined(response.stackDialogId) });
      });
    } catch (error) {
      refuse(error);
    }
  });
}

function refusalOf(method: string, error: Error & { readonly code?: unknown }): HarnessError {
  const details = { method, refusal: error.message };
  if (error.code === "ENODIALOG") {
    return new UsageError(`${method} was not sent: its dialog is over`, {
      code: "ERR_DIALOG_OVER",
      details,
      cause: error,
    });
  }
  if (error.code === "ESOCKETDESTROYED" || error.code === "EINVALIDSOCKET") return closedError(method, error);
  return new UsageError(`${method} was not sent: ${error.message}`, {
    code: "ERR_REQUEST_REFUSED",
    details,
    cause: error,
  });
}

function closedError(method: string, cause?: Error): TransportError {
  return new TransportError(`${method} was not sent: the phone is closed`, {
    code: "ERR_PHONE_CLOSED",
    details: { method },
    cause,
  });
}

function parseRequest(raw: string): SipRequest {
  const message = parseMessage(Buffer.from(raw, "utf8"));
  if (message instanceof SipRequest) return message;
  throw new PeerProtocolError("a response stands where a request was due", { code: "ERR_SIP_SYNTAX" });
}

function parseResponse(raw: string): SipResponse {
  const message = parseMessage(Buffer.from(raw, "utf8"));
  if (message instanceof SipResponse) return message;
  throw new PeerProtocolError("a request stands where a response was due", { code: "ERR_SIP_SYNTAX" });
}

function emptyToUndefined(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
