import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { asError } from "../core/errors.ts";
import { fileOf } from "./build-lab.ts";
import { formatPath, type LabSource, type Path } from "./lab-source.ts";
import type { LabErrorCode, LabProblem } from "./problems.ts";
import type { LabFile } from "./schema.ts";

/** Files that one mapping of a lab file names, as they are written. */
interface NamedFiles {
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
}

/** What is wrong with the certificates and keys that a lab names, so that nobody learns it from a failed handshake. */
export async function checkCertificates(entries: LabFile, source: LabSource): Promise<LabProblem[]> {
  const mappings: [Path, NamedFiles | undefined][] = [
    [["target", "tls"], entries.target.tls],
    ...Object.entries(entries.phoneProfiles).map(([name, { certificate }]): [Path, NamedFiles | undefined] => [
      ["phoneProfiles", name, "certificate"],
      certificate,
    ]),
    ...Object.entries(entries.devices).map(([name, { certificate }]): [Path, NamedFiles | undefined] => [
      ["devices", name, "certificate"],
      certificate,
    ]),
  ];
  const checks = mappings.flatMap(([path, files]) => (files ? new FileCheck(source, path).check(files) : []));
  return (await Promise.all(checks)).flat();
}

class FileCheck {
  readonly #source: LabSource;
  readonly #path: Path;
  readonly #problems: LabProblem[] = [];

  constructor(source: LabSource, path: Path) {
    this.#source = source;
    this.#path = path;
  }

  async check(files: NamedFiles): Promise<readonly LabProblem[]> {
    await this.#read(files, "caFile", "a certificate", (pem) => new X509Certificate(pem));
    const certificate = await this.#read(files, "certificateFile", "a certificate", (pem) => new X509Certificate(pem));
    const key = await this.#read(files, "keyFile", "a private key without a passphrase", privateKey);
    if (certificate && key && !certificate.checkPrivateKey(key)) {
      this.#complain("ERR_LAB_VALUE", "keyFile", "is not the key of the certificate in certificateFile");
    }
    return this.#problems;
  }

  /** What the file holds; undefined where none is named, or it is no good. */
  async #read<T>(
    files: NamedFiles,
    key: keyof NamedFiles,
    what: string,
    parse: (pem: Buffer) => T,
  ): Promise<T | undefined> {
    const name = files[key];
    if (name === undefined || this.#source.isUnresolved([...this.#path, key])) return undefined;
    let pem: Buffer;
    try {
      pem = await readFile(fileOf(name, this.#source.file));
    } catch (error) {
      this.#complain("ERR_LAB_FILE", key, `cannot be read: ${asError(error).message}`);
      return undefined;
    }
    try {
      // Node would take DER here, and no TLS stack does afterwards.
      if (pem.includes("-----BEGIN ")) return parse(pem);
      throw new Error("no PEM");
    } catch {
      this.#complain("ERR_LAB_VALUE", key, `must be a PEM file with ${what}`);
      return undefined;
    }
  }

  #complain(code: LabErrorCode, key: keyof NamedFiles, message: string): void {
    const path = [...this.#path, key];
    this.#problems.push({ code, place: this.#source.place(path), path: formatPath(path), message });
  }
}

function privateKey(pem: Buffer): KeyObject {
  return createPrivateKey({ key: pem, format: "pem" });
}
