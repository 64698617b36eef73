// What a user of VS Code waits for: from opening a folder to a file that is shown, and to the first implementations. Three
// times; from the second on the index is there. docs/benchmark.md says how to run it.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { hostUrl, missing, textOf, withCode } from "./code-server.mjs";

const absent = missing();
if (absent.length > 0) {
  console.log(`skipped: set ${absent.join(", ")}`);
  process.exit(0);
}
const environment = (folder) => ({ ISG_RESULT: join(folder, "result.txt") });
await withCode({ options: ["--vscode-option", "enable-smoke-test-driver"], environment }, async ({ page, address, workspace, folder }) => {
  const result = join(folder, "result.txt");
  let ended = () => undefined;
  await page.exposeFunction("codeAutomationExit", () => { ended(); });
  await page.exposeFunction("codeAutomationLog", () => undefined);
  for (const what of ["without an index", "warm", "warm"]) {
    rmSync(result, { force: true });
    const end = new Promise((done) => { ended = done; });
    const began = Date.now();
    await page.goto(hostUrl(address, workspace, "out/host/start.js"));
    await end;
    const { shown, answered } = JSON.parse(textOf(result));
    const seconds = (moment) => ((moment - began) / 1000).toFixed(2);
    console.log(`${what}: shown after ${seconds(shown)} s, implementations after ${seconds(answered)} s`);
    await page.goto("about:blank");
    await new Promise((rest) => setTimeout(rest, 5_000)); // the extension host outlives its page for a moment
  }
});
process.exit(0);
