// Runs index.ts inside the extension host. The README says what the variables are.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { EXTENSION, hostUrl, missing, textOf, withCode } from "./code-server.mjs";

const absent = missing();
if (absent.length > 0) {
  console.log(`skipped: set ${absent.join(", ")}`);
  process.exit(0);
}
let result = "";
// The peer is installed by a test while all runs.
const peer = join(EXTENSION, "out/peer.vsix");
const vsce = join(EXTENSION, "node_modules/@vscode/vsce/vsce");
const flags = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", peer];
execFileSync(process.execPath, [vsce, "package", ...flags], { cwd: join(EXTENSION, "test/host/peer"), stdio: "ignore" });
const environment = (folder) => ({ ISG_RESULT: join(folder, "result.txt"), ISG_PEER: peer });
await withCode({ options: ["--vscode-option", "enable-smoke-test-driver"], environment }, async ({ page, address, workspace, folder }) => {
  const done = new Promise((exit) => void page.exposeFunction("codeAutomationExit", exit));
  await page.exposeFunction("codeAutomationLog", () => undefined);
  await page.goto(hostUrl(address, workspace, "out/host/index.js"));
  const late = new Promise((exit) => setTimeout(exit, 120_000, "late").unref());
  console.log(`exit: ${await Promise.race([done, late])}`);
  result = textOf(join(folder, "result.txt"));
});
console.log(result);
process.exit(result === "" || result.includes("FAIL ") ? 1 : 0);
