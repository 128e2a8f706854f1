import { networkInterfaces } from "node:os";

/** Whether this machine has the IP address: containers often lack ::1. */
export function hasAddress(host: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === host));
}
