import type { Clock } from "../../core/clock.ts";
import type { Closable } from "../../core/disposal.ts";
import { InternalError, type HarnessError } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import type { SipMessage, SipParseError } from "../message/index.ts";
import type { Address, Flow, Protocol } from "./address.ts";
import type { Network } from "./network.ts";
import type { Resolver } from "./resolver.ts";
import type { Tap } from "./tap.ts";
import type { WireControls } from "./wire-controls.ts";

/** What the transport layer tells its user, the engine. */
export interface TransportHandler {
  message(message: SipMessage, flow: Flow): void;
  /** Octets that meant to be SIP and are not; `error` holds what a best-effort answer needs. A stream may be closed right after this returns. */
  malformed(error: SipParseError, octets: Buffer, flow: Flow): void;
  /**
   * Sending did not work: a TransportError; or a rewrite rule threw: a UsageError. Never called inside `send`.
   * `message` is absent where octets were sent without one.
   */
  failed(to: Address | Flow, message: SipMessage | undefined, error: HarnessError): void;
  /** A connection is gone; `error` where the peer or the network broke it. */
  closed?(flow: Flow, error?: HarnessError): void;
}

export interface ListenAddress {
  readonly protocol: Protocol;
  /** An IP address of this machine, or 0.0.0.0 or :: for all. */
  readonly host: string;
  /** 0: any free one; a UDP and a TCP listener on one host, both with 0, get the same number. */
  readonly port: number;
}

export interface TransportOptions {
  readonly listen: readonly ListenAddress[];
  readonly clock: Clock;
  /** Default: the kernel's sockets. */
  readonly network?: Network | undefined;
  /** Default: the platform's look-up. */
  readonly resolver?: Resolver | undefined;
  readonly tap?: Tap | undefined;
  readonly log?: Logger | undefined;
  /** Where the user sets these addresses, for the error when one is taken. Default `--listen`. */
  readonly addressOption?: string | undefined;
}

/** Counts since the start, of datagrams and stream messages alike. */
export interface TransportCounters {
  sent: number;
  received: number;
  keepalives: number;
  notSip: number;
  malformed: number;
}

/**
 * Octets in, messages out: sockets of one endpoint, with its wire controls and its tap. RFC 3261 §18.
 * Decides nothing about SIP: Via, `received` and the choice of UDP or TCP belong to the engine.
 */
export class TransportLayer implements Closable {
  readonly addresses: readonly Address[] = [];
  readonly counters: TransportCounters = { sent: 0, received: 0, keepalives: 0, notSip: 0, malformed: 0 };

  /**
   * Listens on every address.
   * @throws {TransportError} ERR_ADDRESS_IN_USE, ERR_ADDRESS_NOT_AVAILABLE, ERR_ADDRESS_FORBIDDEN; nothing is left open then.
   */
  static open(options: TransportOptions): Promise<TransportLayer> {
    throw new InternalError(`not there yet: ${options.listen.length}`, { code: "ERR_NOT_IMPLEMENTED" });
  }

  get wire(): WireControls {
    throw new InternalError("not there yet", { code: "ERR_NOT_IMPLEMENTED" });
  }

  /** Hands everything that arrives to `handler` from now on. Call it in the turn in which `open` resolved, so that nothing is lost. */
  start(handler: TransportHandler): void {
    throw new InternalError(`not there yet ${typeof handler}`, { code: "ERR_NOT_IMPLEMENTED" });
  }

  /**
   * Sends `octets`; `message` is what they are, for tap and wire rules. To a Flow: over that very connection, or, where
   * it is gone, over a new one to its remote address. To an Address: over the connection to it, which is opened where
   * there is none; names are looked up. Failures go to the handler's `failed`, later.
   */
  send(octets: Buffer, message: SipMessage | undefined, to: Address | Flow): void {
    throw new InternalError(`not there yet ${octets.length} ${typeof message} ${typeof to}`, {
      code: "ERR_NOT_IMPLEMENTED",
    });
  }

  /** Whether `flow` still leads to its peer: always for UDP, for a stream while its connection takes octets. */
  isOpen(flow: Flow): boolean {
    throw new InternalError(`not there yet ${flow.protocol}`, { code: "ERR_NOT_IMPLEMENTED" });
  }

  /** Closes every socket and timer; what was written before still goes out. */
  close(): Promise<void> {
    throw new InternalError("not there yet", { code: "ERR_NOT_IMPLEMENTED" });
  }
}
