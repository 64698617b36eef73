// Bundles the extension (out/extension.js) or, with --tests, the unit tests (out/test/*.js) and those that run in
// VS Code (out/host/*.js).
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const tests = process.argv.includes("--tests");
const common = { bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };

if (tests) {
  rmSync("out/test", { recursive: true, force: true });
  const entryPoints = readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`);
  await build({ ...common, entryPoints, outdir: "out/test", sourcemap: "inline" });
  await build({ ...common, entryPoints: ["test/host/index.ts", "test/host/start.ts"], outdir: "out/host", external: ["vscode"] });
} else {
  await build({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "out/extension.js",
    external: ["vscode"],
    // The libraries' ES modules, where there are some: half of the size of what require() would bring.
    mainFields: ["module", "main"],
    minify: process.argv.includes("--minify"),
  });
}
