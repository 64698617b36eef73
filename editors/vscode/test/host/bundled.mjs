// The package with a copy of isg in it, where nothing else of isg can be found: no setting, and none on PATH.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { missing, withCode } from "./code-server.mjs";
import { openFolder, runSteps, userOf } from "./user.mjs";

const [install, pictures = "out/pictures"] = process.argv.slice(2);
const absent = missing();
if (absent.length > 0) {
  console.log(`skipped: set ${absent.join(", ")}`);
  process.exit(0);
}
mkdirSync(pictures, { recursive: true });
const PATH = process.env.PATH.split(delimiter).filter((folder) => !existsSync(join(folder, "isg"))).join(delimiter);
const given = { install, settings: { "isg.path": "" }, environment: () => ({ PATH }), size: { width: 1100, height: 680 } };

await withCode(given, async ({ page, address, workspace }) => {
  const { command, goTo, open, shot, upToDate } = userOf(page, pictures);
  await openFolder(page, address, workspace);
  await runSteps({
    async "the copy in the extension indexes the folder"() {
      await open("models.py");
      await upToDate.waitFor();
      await page.locator(".squiggly-warning").first().waitFor({ state: "attached" });
    },
    async "it answers"() {
      await open("lib.rs");
      await goTo(1, 12);
      await command("Go to Implementations");
      await page.locator(".peekview-widget .monaco-list-row", { hasText: "Shape for Circle" }).waitFor();
      await page.keyboard.press("Escape");
    },
    async "the log says which one it is, and nothing had to be said"() {
      await command("isg: Show Output");
      await page.locator(".output-view .view-line", { hasText: "useBundled" }).first().waitFor();
      await shot("bundled");
      assert.equal(await page.locator(".notification-toast").count(), 0);
    },
  }, shot);
});
process.exit(0);
