import type { Target } from "../inventory/model.ts";
import { TemporaryAuthority, type ListenAddress, type TlsServerOptions } from "../sip/transport/index.ts";
import type { CallManagerOptions } from "./callmanager.ts";
import type { Policies } from "./policies/policies.ts";

/** The addresses that are listened on, as `admitConnection` rules for each. */
export function admittedListeners(
  options: Pick<CallManagerOptions, "lab" | "listen" | "authority" | "clock" | "ids">,
  policies: Pick<Policies, "admitConnection">,
): ListenAddress[] {
  const { lab, listen, clock, ids } = options;
  let { authority } = options;
  return listen.flatMap((address) => {
    const { outcome } = policies.admitConnection({ protocol: address.protocol });
    if (outcome === "closed") return [];
    if (address.protocol !== "tls") return [address];
    const given = address.tls ?? filesOf(lab.target);
    const tls = given ?? madeFor(lab.target, address, (authority ??= new TemporaryAuthority(clock, ids)));
    return [{ ...address, tls: { ...tls, requestClientCertificate: outcome === "certificate" } }];
  });
}

function filesOf({ tls: { certificate, caFile } }: Target): TlsServerOptions | undefined {
  return certificate && { ...certificate, caFile };
}

/** Where the lab names an authority without a certificate of ours, it is the one that phones come with. */
function madeFor(
  { host, domain, names, tls }: Target,
  address: ListenAddress,
  own: TemporaryAuthority,
): TlsServerOptions {
  const hosts = [...new Set([host, domain, ...names, address.host])];
  const made = own.issue({ commonName: domain, hosts });
  return tls.caFile === undefined ? { ...made, ca: own.ca } : { ...made, caFile: tls.caFile };
}
