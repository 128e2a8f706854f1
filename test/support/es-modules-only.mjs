// Mocha tries `require` first, which would read a TypeScript file that happens to parse as JavaScript as such. With
// this it always comes to `import`, and so to tsx. When the import fails too, mocha shows the error thrown here.
import { Module } from "node:module";

Module._extensions[".ts"] = (_module, file) => {
  throw new Error(`${file} does not load; node --import tsx/esm -e 'import("${file}")' tells why`);
};
