// The packaged extension as a user sees it. Pictures of each step go to the folder that is given as an argument; the
// README's are among them.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { missing, withCode } from "./code-server.mjs";
import { FOCUSED, INPUT, openFolder, runSteps, userOf } from "./user.mjs";

const absent = missing();
if (absent.length > 0) {
  console.log(`skipped: set ${absent.join(", ")}`);
  process.exit(0);
}
const pictures = process.argv[2] ?? "out/pictures";
mkdirSync(pictures, { recursive: true });

const SIZE = { width: 1100, height: 680 };

await withCode({ install: "out/isg.vsix", size: SIZE }, async ({ page, address, workspace }) => {
  const { command, cursor, goTo, open, shot, upToDate } = userOf(page, pictures);
  const row = (text) => page.locator(".tree-explorer-viewlet-tree-view .monaco-list-row", { hasText: text });
  const problem = page.locator(".markers-panel .monaco-list-row", { hasText: "Import cycle: app.models" }).first();

  const steps = {
    async "the status item tells state and memory"() {
      await open("models.py");
      await upToDate.waitFor();
      await page.locator(".statusbar-item[aria-label*='Memory of the server']").waitFor();
      await page.locator(".squiggly-warning").first().waitFor({ state: "attached" });
    },
    async "go to implementation shows what implements a trait"() {
      await open("lib.rs");
      await goTo(1, 12);
      await command("Go to Implementations");
      const peek = page.locator(".peekview-widget");
      await peek.locator(".monaco-list-row", { hasText: "Shape for Circle" }).waitFor();
      await peek.locator(".monaco-list-row", { hasText: "Shape for Square" }).waitFor();
      await shot("implementations");
      await page.keyboard.press("Escape");
      await peek.waitFor({ state: "hidden" });
    },
    async "the Problems panel shows a cycle with its related places"() {
      await open("models.py");
      await command("View: Toggle Problems");
      await problem.waitFor();
      await page.locator(".markers-panel .monaco-list-row", { hasText: "app.views imports app.models" }).first().waitFor();
      await shot("problems");
      await command("View: Toggle Problems");
      await problem.waitFor({ state: "hidden" });
    },
    async "the tree of cycles leads to their imports"() {
      await command("isg: Show Import Cycles");
      await row("2 modules").first().click();
      await row("app.views → app.models → app.views").first().click();
      await page.locator('.tab.active[data-resource-name="views.py"]').waitFor();
      await row("app.views → app.models → app.views").first().locator(".monaco-tl-twistie").click();
      await row("app.models → app.views").filter({ hasText: "cut here: render" }).first().click();
      await page.locator('.tab.active[data-resource-name="models.py"]').waitFor();
      await cursor("Ln 1, Col");
      await shot("cycles");
    },
    async "the graph of cycles is walked by keyboard, and opens imports"() {
      await open("views.py");
      await command("isg: Show Import Cycle Graph");
      const graph = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
      await graph.locator("svg").nth(1).waitFor();
      await shot("graph");
      const models = graph.locator(".module[data-module='app.models']");
      await models.focus();
      await page.keyboard.press("ArrowDown");
      await graph.locator(".import.cut[data-target='app.views']:focus").waitFor();
      await page.keyboard.press("ArrowRight");
      await graph.locator(".module[data-module='app.views']:focus").waitFor();
      await page.keyboard.press("ArrowLeft");
      await models.focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.locator('.tab.active[data-resource-name="models.py"]').waitFor();
      await cursor("Ln 1, Col");
      await command("View: Close All Editors");
    },
    async "the blast radius is a list, near ones first"() {
      await open("views.py");
      await goTo(4, 6);
      await command("isg: Show Blast Radius");
      await page.locator(".quick-input-title", { hasText: "3 depend on this" }).waitFor();
      await shot("blast-radius");
      await page.keyboard.press("Enter");
      await page.locator('.tab.active[data-resource-name="models.py"]').waitFor();
      await cursor("Ln 5, Col");
    },
    async "context for a language model becomes a document"() {
      await open("views.py");
      await goTo(4, 6);
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
    },
    async "the view of the index tells documents, size, timings and memory"() {
      await command("isg: Show Index Status");
      await row("Documents").filter({ hasText: "9" }).first().waitFor();
      await row("Memory of the server").first().waitFor();
      await row("Documents").first().click();
      await row("python").first().waitFor();
      await row("Last run").first().click();
      await row("extract").first().waitFor();
      await shot("index");
    },
    async "a quick fix leaves the finding out, unsaved; undone, it is back"() {
      await open("models.py");
      await page.locator(".squiggly-warning").first().waitFor({ state: "attached" });
      await goTo(1, 10);
      await page.keyboard.press("Control+.");
      const actions = page.locator(".action-widget");
      await actions.locator(".monaco-list-row", { hasText: "Ignore this finding here" }).waitFor();
      await shot("quick-fix");
      await actions.locator(".monaco-list-row", { hasText: "Ignore this finding here" }).click();
      await page.locator(".view-line", { hasText: "isg: ignore" }).first().waitFor();
      await page.locator(".squiggly-warning").waitFor({ state: "detached" });
      await page.keyboard.press("Control+Z");
      await page.locator(".squiggly-warning").first().waitFor({ state: "attached" });
    },
    async "editing the import away clears the cycle everywhere"() {
      await goTo(1, 1);
      await page.locator(".editor-instance .monaco-editor.focused").first().waitFor();
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Delete");
      await page.locator(".squiggly-warning").waitFor({ state: "detached" });
      await command("isg: Show Import Cycles");
      await row("4 modules").first().waitFor();
      await row("2 modules").waitFor({ state: "detached" });
    },
    async "a new server is there after a restart, and nothing had to be said"() {
      await command("isg: Restart Server");
      await upToDate.waitFor();
      assert.equal(await page.locator(".notification-toast").count(), 0);
    },
    async "the walkthrough opens"() {
      await command("Welcome: Open Walkthrough...");
      await page.locator(INPUT).fill("isg");
      await page.locator(FOCUSED, { hasText: "Get Started with isg" }).waitFor();
      await page.keyboard.press("Enter");
      await page.locator(".getting-started-step", { hasText: "Find import cycles" }).first().waitFor();
      await shot("walkthrough");
    },
  };

  await openFolder(page, address, workspace);
  await runSteps(steps, shot);
});
process.exit(0);
