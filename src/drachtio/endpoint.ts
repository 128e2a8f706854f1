import type { Clock } from "../core/clock.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import { type Address, bracketed, SipEngine, type TransactionUser, type WireControls } from "../sip/index.ts";
import type { ApplicationConnection, ApplicationServer, ServedCommand } from "./application-connection.ts";
import { readApplicationMessage } from "./application-message.ts";
import { DialogTable } from "./dialog-table.ts";
import { type EndpointContext, ownPlace } from "./endpoint-context.ts";
import type { ConnectOptions, DrachtioEndpoint, EndpointCounters, EndpointOptions } from "./endpoint-options.ts";
import { dresser } from "./header-style.ts";
import { IncomingRequests } from "./incoming-requests.ts";
import { localAddresses } from "./local-address.ts";
import { OutgoingRequests } from "./outgoing-requests.ts";
import { Refusal } from "./refusal.ts";
import { RequestCommands } from "./request-commands.ts";
import { ResponseCommands } from "./response-commands.ts";
import { Routes } from "./routes.ts";

/** drachtio-srf compares the version with v0.8.2, from which on it may send pings. */
const VERSION = "v0.9.10-offhook";

export interface EndpointSurroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly connectOptions: ConnectOptions;
  readonly onClose: () => void;
}

/** One SIP endpoint and the applications connected to it. */
export class Endpoint implements ApplicationServer, DrachtioEndpoint {
  readonly connectOptions: ConnectOptions;
  readonly #context: EndpointContext;
  readonly #onClose: () => void;
  readonly #applications = new Set<ApplicationConnection>();
  readonly #routes = new Routes<ApplicationConnection>();
  readonly #outgoing: OutgoingRequests;
  readonly #incoming: IncomingRequests;
  readonly #requests: RequestCommands;
  readonly #responses: ResponseCommands;
  #closing: Promise<void> | undefined;

  /** @throws {TransportError} an address is taken or not ours. */
  static async open(options: EndpointOptions, surroundings: EndpointSurroundings): Promise<Endpoint> {
    const { contacts = "verbatim", headerStyle, unanswered, ...engineOptions } = options;
    const { clock, ids } = surroundings;
    const log = options.log ?? surroundings.log;
    const dress = headerStyle ? { dress: dresser(headerStyle) } : {};
    // Nothing arrives before `open` has resolved, and the endpoint is made in the same turn.
    const late: { incoming?: IncomingRequests } = {};
    const user: TransactionUser = {
      request: (transaction) => late.incoming?.request(transaction),
      cancelled: (transaction, cancel) => late.incoming?.cancelled(transaction, cancel),
      ack: (ack, flow, invite) => late.incoming?.ack(ack, flow, invite),
      unacknowledged: (transaction) => late.incoming?.unacknowledged(transaction),
      failed: (transaction) => late.incoming?.failed(transaction),
    };
    const engine = await SipEngine.open({ trying: "immediate", ...engineOptions, ...dress, clock, ids, log }, user);
    const dialogs = new DialogTable();
    const context = { engine, clock, ids, log, dialogs, contacts, unanswered, localFor: localAddresses(engine) };
    const endpoint = new Endpoint(context, options.advertise?.host, surroundings);
    late.incoming = endpoint.#incoming;
    return endpoint;
  }

  private constructor(
    context: EndpointContext,
    advertised: string | undefined,
    { connectOptions, onClose }: EndpointSurroundings,
  ) {
    this.connectOptions = connectOptions;
    this.#context = context;
    this.#onClose = onClose;
    this.#incoming = new IncomingRequests(context, this.#routes, (id) => this.#outgoing.pendingSubscribe(id));
    this.#outgoing = new OutgoingRequests(context, (notify) => {
      this.#incoming.request(notify);
    });
    this.#requests = new RequestCommands(context, this.#outgoing, advertised);
    this.#responses = new ResponseCommands(context, this.#incoming);
  }

  get addresses(): readonly Address[] {
    return this.#context.engine.addresses;
  }

  get wire(): WireControls {
    return this.#context.engine.wire;
  }

  get counters(): EndpointCounters {
    return {
      applications: this.#applications.size,
      dialogs: this.#context.dialogs.size,
      outgoing: this.#outgoing.size,
      incoming: this.#incoming.size,
    };
  }

  get greeting(): readonly string[] {
    const told = this.addresses.map(({ protocol }) => {
      const { host, port } = ownPlace(this.#context, protocol);
      return `${protocol}/${bracketed(host)}:${port}`;
    });
    const bound = this.addresses.map(({ protocol, host, port }) => `${protocol}/${bracketed(host)}:${port}`);
    return [told.join(","), VERSION, bound.join(",")];
  }

  joined(application: ApplicationConnection): void {
    this.#applications.add(application);
  }

  command(application: ApplicationConnection, command: ServedCommand): void {
    switch (command.type) {
      case "route":
        this.#routes.add(command.verb, application);
        application.answer(command.id, ["OK"]);
        break;
      case "remove_route":
        this.#routes.remove(command.verb, application);
        application.answer(command.id, ["OK"]);
        break;
      case "proxy":
        throw new Refusal("proxy is not served: phones answer or refuse, they do not forward");
      case "sip": {
        const message = readApplicationMessage(command.sip);
        const commands = message.startLine.startsWith("SIP/") ? this.#responses : this.#requests;
        commands.send(application, command.id, command, message);
      }
    }
  }

  left(application: ApplicationConnection): void {
    this.#applications.delete(application);
    this.#routes.removeAll(application);
    if (this.#closing) return;
    this.#outgoing.left(application);
    this.#incoming.left(application);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#onClose();
    this.#incoming.close();
    await Promise.all([...this.#applications].map((application) => application.close()));
    await this.#context.engine.close();
  }
}
