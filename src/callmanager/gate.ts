import type { Device } from "../inventory/model.ts";
import {
  decodeText,
  parseCredentials,
  userOf,
  type DigestCredentials,
  type NameAddr,
  type SipRequest,
} from "../sip/message/index.ts";
import { formatAddress } from "../sip/transport/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Binding } from "./location-service.ts";
import { respond } from "./messages.ts";
import { isRefusal, type Refusal } from "./policies/ruling.ts";
import type { Screening, ScreeningRefusal } from "./policies/screen-request.ts";
import type { Services } from "./services.ts";

/** Where a phone answers a 401, and a 407. */
const CREDENTIAL_HEADERS = ["Authorization", "Proxy-Authorization"];
/** What our challenges offer. */
const ALGORITHMS: readonly string[] = ["MD5"];

/** Credentials that somebody shows to be a device. */
export interface Claim {
  readonly device: Device;
  readonly credentials: DigestCredentials;
  /** The live binding that the request is about. */
  readonly binding: Binding | undefined;
}

/** The way in for every request but ACK and CANCEL: who sends it, can he prove it, may he. Refusals are sent here. */
export class Gate {
  readonly #services: Services;
  readonly #realm: string;

  constructor(services: Services) {
    this.#services = services;
    this.#realm = services.directory.lab.target.realm;
  }

  /** The binding that a request outside a dialog comes from, or undefined: it was refused. */
  sender(transaction: ServerTransaction): Binding | undefined {
    const { request, flow } = transaction;
    const { location, policies } = this.#services;
    const contact = firstContact(request);
    const caller = policies.admitCaller({
      method: request.method,
      request,
      source: flow,
      bindings: location.sentBy(contact, flow),
      fromUser: userOf(request.from.uri),
      seenAt: contact?.uriText.slice(0, 128) ?? formatAddress(flow.remote),
      location,
    });
    if (!isRefusal(caller)) return caller.binding;
    this.refuse(transaction, caller);
    return undefined;
  }

  /** Asks for credentials and checks them where the device needs them; false: it was refused. */
  proves(transaction: ServerTransaction, device: Device | undefined): boolean {
    const { request, flow: source } = transaction;
    const { directory, location, policies } = this.#services;
    const credentials = this.credentialsOf(request);
    const ruling = policies.challengeRequest({
      method: request.method,
      request,
      source,
      credentialed: credentials !== undefined,
      device,
      keepalive: false,
      directory,
      location,
    });
    if (ruling.outcome === "pass") return true;
    if (ruling.outcome === "challenge" || !credentials || !device) {
      this.challenge(transaction, credentials);
      return false;
    }
    return this.verifies(transaction, { device, credentials, binding: undefined });
  }

  /** Whether the credentials prove the device; false: the request was refused. */
  verifies(transaction: ServerTransaction, { device, credentials, binding }: Claim): boolean {
    const { request, flow: source } = transaction;
    const { policies, directory, nonces } = this.#services;
    const verification = policies.verifyCredentials({
      request,
      source,
      directory,
      device,
      binding,
      user: device.digestUser === undefined ? undefined : directory.user(device.digestUser),
      credentials,
      realm: this.#realm,
      nonce: nonces.check(credentials.nonce),
      method: request.method,
      body: request.body,
      algorithms: ALGORITHMS,
    });
    if (!isRefusal(verification)) return true;
    this.refuse(transaction, verification, credentials);
    return false;
  }

  /** What the device may do with the request, or undefined: it was refused. */
  screens(transaction: ServerTransaction, device: Device): Screening | undefined {
    const screening = this.screening(transaction, device);
    if (!isRefusal(screening)) return screening;
    this.refuse(transaction, screening);
    return undefined;
  }

  screening({ request }: ServerTransaction, device: Device): Screening | ScreeningRefusal {
    return this.#services.policies.screenRequest({ request, device });
  }

  /** Credentials for our realm, else any; undefined where there are none that can be read. */
  credentialsOf(request: SipRequest): DigestCredentials | undefined {
    const values = CREDENTIAL_HEADERS.flatMap((name) => request.getAll(name));
    const readable = values.flatMap((value) => {
      try {
        return [parseCredentials(value)];
      } catch {
        return []; // malformed counts as absent: the sender is challenged
      }
    });
    return readable.find(({ realm }) => decodeText(realm) === this.#realm) ?? readable[0];
  }

  /** @param brought credentials of the request that are not enough. */
  challenge(transaction: ServerTransaction, brought?: DigestCredentials): void {
    const { policies, nonces } = this.#services;
    const { status, headers } = policies.wordChallenge({
      realm: this.#realm,
      nonce: nonces.next(),
      request: transaction.request,
      broughtNonce: brought && nonces.check(brought.nonce),
    });
    respond(this.#services, transaction, status, { headers });
  }

  /** Carries a refusal out; one with 401 is a challenge. */
  refuse(transaction: ServerTransaction, { status, headers, warning }: Refusal, brought?: DigestCredentials): void {
    if (status === 401) {
      this.challenge(transaction, brought);
      return;
    }
    const warnings = warning === undefined ? [] : [["Warning", `399 ${this.#services.domain} "${warning}"`] as const];
    respond(this.#services, transaction, status, { headers: [...headers, ...warnings] });
  }
}

function firstContact({ contacts }: SipRequest): NameAddr | undefined {
  return contacts === "*" ? undefined : contacts[0];
}
