import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { TemporaryAuthority } from "../../src/sip/transport/index.ts";
import type { Certificate } from "./certificates.ts";

export interface TestCertificateOptions {
  /** `DNS:bob.example`, `IP:127.0.0.1`. Default: none. */
  readonly names?: readonly string[];
  /** Signed by itself and not by the authority. */
  readonly selfSigned?: boolean;
  readonly expired?: boolean;
}

/** Longer than any certificate is valid. */
const LONG_AGO_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * An authority for one test run, whose certificates stand in files too, in a directory that `remove` deletes. It starts
 * no program, which on a busy machine takes longer than a test may.
 */
export class TestAuthority {
  readonly directory = mkdtempSync(join(tmpdir(), "offhook-certificates-"));
  readonly ca: string;
  #ageMs = 0;
  readonly #authority: TemporaryAuthority;

  constructor() {
    const clock = { wallTime: () => systemClock.wallTime() - this.#ageMs };
    this.#authority = new TemporaryAuthority(clock, randomIds());
    this.ca = this.#authority.ca;
  }

  /** @param name of the files, and common name. */
  issue(name: string, { names = [], selfSigned = false, expired = false }: TestCertificateOptions = {}): Certificate {
    this.#ageMs = expired ? LONG_AGO_MS : 0;
    const wanted = { commonName: name, hosts: names.map((text) => text.replace(/^(?:DNS|IP):/, "")) };
    const made = selfSigned ? this.#authority.selfSigned(wanted) : this.#authority.issue(wanted);
    const files = {
      certificateFile: join(this.directory, `${name}.pem`),
      keyFile: join(this.directory, `${name}.key`),
    };
    writeFileSync(files.certificateFile, made.certificate);
    writeFileSync(files.keyFile, made.key);
    return { ...made, ...files };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
