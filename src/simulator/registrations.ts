import { parseNameAddr, sameUri, type NameAddr, type SipResponse } from "../sip/message/index.ts";
import { ClientExchange } from "./client-exchange.ts";
import { credentialsOf } from "./credentials-of.ts";
import { mergeHeaders } from "./header-values.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { Exchange, HeaderValues, RegisterOptions, Registration } from "./phone.ts";

/** What the REGISTERs of one address of record share: a UA counts them up under one Call-ID (RFC 3261 §10.2.4). */
interface Sequence {
  readonly callId: string;
  readonly tag: string;
  cseq: number;
}

/** What one call of `register` comes to on the wire. */
interface Register {
  readonly addressOfRecord: string;
  readonly contact: string | null;
  readonly expiresSeconds: number;
}

const DEFAULT_EXPIRES_SECONDS = 3600;

/** The phone's side of its registrations: sends REGISTER and remembers the bindings it has. */
export class Registrations {
  readonly #context: PhoneContext;
  readonly #sequences = new Map<string, Sequence>();
  /** How each binding was made, by address of record and contact: so it is removed. */
  readonly #bindings = new Map<string, RegisterOptions>();

  constructor(context: PhoneContext) {
    this.#context = context;
  }

  async register(options: RegisterOptions = {}): Promise<Registration> {
    const context = this.#context;
    const user = options.directoryNumber ?? context.lineOf(options.line).directoryNumber;
    const register: Register = {
      addressOfRecord: context.userUri(user, options.domain),
      contact: options.contact === undefined ? context.contact(user) : options.contact,
      expiresSeconds: options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS,
    };
    const { body } = options;
    const exchange = new ClientExchange(context, {
      method: "REGISTER",
      uri: context.domainUri(options.domain),
      headers: this.#headers(register, options),
      ...(body === undefined ? {} : { body }),
      credentials: credentialsOf(options),
      check: "Check that the target is up and answers REGISTER",
    });
    await exchange.start();
    const registration = registrationOf(await exchange.result(), register);
    this.#remember(registration, register, options);
    return registration;
  }

  /** Removes every binding; what fails is left to expire. */
  async removeAll(): Promise<void> {
    const removals = [...this.#bindings.values()].map((options) => this.register({ ...options, expiresSeconds: 0 }));
    for (const outcome of await Promise.allSettled(removals)) {
      if (outcome.status === "rejected")
        this.#context.log.debug({ err: outcome.reason as unknown }, "binding not removed");
    }
  }

  #headers(register: Register, options: RegisterOptions): () => HeaderValues {
    const { addressOfRecord, contact, expiresSeconds } = register;
    const sequence = this.#sequence(addressOfRecord, options.callId === "new");
    return () => {
      sequence.cseq += 1;
      return mergeHeaders(
        {
          From: `<${options.from ?? addressOfRecord}>;tag=${sequence.tag}`,
          To: `<${addressOfRecord}>`,
          "Call-ID": sequence.callId,
          CSeq: `${sequence.cseq} REGISTER`,
          ...(contact === null ? {} : { Contact: contact, Expires: String(expiresSeconds) }),
        },
        this.#context.profileHeaders,
        options.contentType === undefined ? {} : { "Content-Type": options.contentType },
        options.headers,
      );
    };
  }

  #sequence(addressOfRecord: string, fresh: boolean): Sequence {
    const known = this.#sequences.get(addressOfRecord);
    if (known && !fresh) return known;
    const { ids } = this.#context;
    const sequence: Sequence = { callId: ids.callId(), tag: ids.tag(), cseq: 0 };
    this.#sequences.set(addressOfRecord, sequence);
    return sequence;
  }

  #remember({ final, expiresSeconds }: Registration, register: Register, options: RegisterOptions): void {
    if (!final.isSuccess || register.contact === null) return;
    const key = `${register.addressOfRecord} ${register.contact}`;
    if (expiresSeconds === 0 || register.expiresSeconds === 0) this.#bindings.delete(key);
    else this.#bindings.set(key, options);
  }
}

function registrationOf(exchange: Exchange, register: Register): Registration {
  const { final } = exchange;
  const contacts = contactsOf(final);
  const expiresSeconds = final.isSuccess ? grantedSeconds(final, contacts, register) : undefined;
  return { ...exchange, contacts, ...(expiresSeconds === undefined ? {} : { expiresSeconds }) };
}

function contactsOf(response: SipResponse): readonly NameAddr[] {
  const { contacts } = response;
  return contacts === "*" ? [] : contacts;
}

/**
 * Lifetime granted: `expires` of our own Contact, else the Expires header, else what was asked (RFC 3261 §10.2.4).
 * CUCM tells it in the header only.
 */
function grantedSeconds(
  final: SipResponse,
  contacts: readonly NameAddr[],
  { contact, expiresSeconds }: Register,
): number {
  const own = contact === null || contact === "*" ? undefined : parseNameAddr(contact).uri;
  const binding = own && contacts.find(({ uri }) => sameUri(uri, own));
  return secondsOf(binding?.parameters.get("expires")) ?? final.expires ?? expiresSeconds;
}

function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
