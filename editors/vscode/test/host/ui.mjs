// The packaged extension as a user sees it: status item, problems, tree of cycles, quick picks, status page. Pictures of
// each go to the folder that is given as an argument.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { missing, withCode } from "./code-server.mjs";

const absent = missing();
if (absent.length > 0) {
  console.log(`skipped: set ${absent.join(", ")}`);
  process.exit(0);
}
const pictures = process.argv[2] ?? "out/pictures";
mkdirSync(pictures, { recursive: true });

const INPUT = ".quick-input-widget input[type=text]";
const FOCUSED = ".quick-input-list .monaco-list-row.focused";

await withCode({ options: ["--install"], environment: () => ({}) }, async ({ page, address, workspace }) => {
  page.setDefaultTimeout(30_000);
  const shot = (name) => page.screenshot({ path: join(pictures, `${name}.png`) });
  const quick = async (key, text, row) => {
    await page.keyboard.press(key);
    await page.locator(INPUT).fill(text);
    if (row) await page.locator(FOCUSED, { hasText: row }).first().waitFor();
    await page.keyboard.press("Enter");
  };
  const command = (title) => quick("F1", `>${title}`, title);
  const open = async (name) => {
    await quick("Control+P", name, name);
    await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await page.locator(".editor-instance .monaco-editor.focused").waitFor();
  };
  const row = (text) => page.locator(".tree-explorer-viewlet-tree-view .monaco-list-row", { hasText: text });
  const cursor = (text) => page.locator("#status\\.editor\\.selection", { hasText: text }).waitFor();

  try {
    await page.goto(`http://${address}/?folder=${workspace}`);
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 60_000 });
    await open("models.py");
    await page.locator(".statusbar-item[aria-label*='up to date']").waitFor();
    await page.locator(".squiggly-warning").first().waitFor({ state: "attached" });
    await command("View: Toggle Problems");
    await page.locator(".markers-panel .monaco-list-row", { hasText: "Import cycle: app.models" }).first().waitFor();
    await shot("problems");

    await command("isg: Show Import Cycles");
    await row("2 modules").first().click();
    await row("app.views → app.models → app.views").first().click();
    await page.locator('.tab.active[data-resource-name="views.py"]').waitFor();
    await page.keyboard.press("ArrowRight");
    await row("app.models → app.views").filter({ hasText: "cut here: render" }).first().click();
    await page.locator('.tab.active[data-resource-name="models.py"]').waitFor();
    await cursor("Ln 1, Col");
    await shot("cycles");

    await open("views.py");
    await quick("Control+G", ":4:6");
    await cursor("Ln 4, Col 6");
    await command("isg: Show Blast Radius");
    await page.locator(".quick-input-title", { hasText: "3 depend on this" }).waitFor();
    await shot("blast-radius");
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-widget").waitFor({ state: "hidden" });

    await command("isg: Copy LLM Context");
    for (const wanted of ["4000 tokens", "Level 2"]) {
      await page.locator(FOCUSED, { hasText: wanted }).waitFor();
      await page.keyboard.press("Enter");
    }
    await page.locator(FOCUSED, { hasText: "Clipboard" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator(".tab.active[data-resource-name^='Untitled']").waitFor();
    await page.locator(".editor-instance .view-lines", { hasText: "Model" }).last().waitFor();
    await shot("context");

    await command("isg: Show Index Status");
    const preview = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
    await preview.locator("td", { hasText: "python 3" }).first().waitFor();
    await shot("status");

    await command("isg: Restart Server");
    await page.locator(".statusbar-item[aria-label*='up to date']").waitFor();
    assert.equal(await page.locator(".notification-toast").count(), 0);
    console.log("ok   the packaged extension in the workbench");
  } catch (error) {
    await shot("failed");
    throw error;
  }
});
process.exit(0);
