import type { Clock } from "../core/clock.ts";
import type { Ids } from "../core/ids.ts";
import type { Device, Lab } from "../inventory/model.ts";
import type { PhoneTls } from "../simulator/index.ts";
import { TemporaryAuthority, type TlsCredentials } from "../sip/transport/index.ts";

/** Whether the target trusts certificates that are made for the run: it is ours, and the lab names no other authority. */
function trustsMadeOnes({ target }: Lab): boolean {
  return target.embedded && target.tls.caFile === undefined;
}

/** Whether the phone of `device` has a certificate that the target trusts, as far as the lab knows. */
export function hasCertificate(device: Device, lab: Lab): boolean {
  return device.certificate !== undefined || trustsMadeOnes(lab);
}

/** The certificates of a run: those that the lab names, and those that are made where it names none. */
export class Certificates {
  /** Vouches for the embedded call manager to its phones, and for them to it. */
  readonly authority: TemporaryAuthority;
  readonly #lab: Lab;
  /** Devices play many roles in a run, and making keys takes a millisecond. */
  readonly #made = new Map<string, TlsCredentials>();

  constructor(lab: Lab, clock: Clock, ids: Ids) {
    this.#lab = lab;
    this.authority = new TemporaryAuthority(clock, ids);
  }

  /** @param place where the phone is, and the port at which the target may listen with TLS. */
  of(device: Device, place: { readonly localHost: string; readonly port: number | undefined }): PhoneTls {
    const { verify, caFile } = this.#lab.target.tls;
    const trusted = trustsMadeOnes(this.#lab) ? { ca: this.authority.ca } : { caFile };
    const selfSigned = (): TlsCredentials =>
      this.authority.selfSigned({ commonName: device.name, hosts: [place.localHost] });
    const own = (): TlsCredentials | undefined => this.#own(device);
    return {
      port: place.port,
      own,
      selfSigned,
      client: () => ({ ...own(), ...trusted, verifyServer: verify }),
      server: () => own() ?? selfSigned(),
    };
  }

  #own(device: Device): TlsCredentials | undefined {
    if (device.certificate) return device.certificate;
    if (!trustsMadeOnes(this.#lab)) return undefined;
    const made = this.#made.get(device.name) ?? this.authority.issue({ commonName: device.name });
    this.#made.set(device.name, made);
    return made;
  }
}
