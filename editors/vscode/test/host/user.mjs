// What a user does in VS Code, on a page of it.
import { join } from "node:path";

export const INPUT = ".quick-input-widget input[type=text]";
export const FOCUSED = ".quick-input-list .monaco-list-row.focused";

/** `pictures`: the folder that `shot` writes to. */
export function userOf(page, pictures) {
  page.setDefaultTimeout(60_000);
  const shot = async (name) => {
    const { width, height } = page.viewportSize();
    await page.mouse.move(width / 2, height - 15); // away from what would show a hint
    await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled", caret: "hide" });
  };
  const shows = (locator, timeout) => locator.first().waitFor({ timeout }).then(() => true, () => false);
  const quick = async (key, text, row) => {
    const input = page.locator(INPUT);
    for (let tries = 0; tries < 10; tries++) {
      await page.keyboard.press(key); // lost where the workbench is busy closing something
      if (!await shows(input, 3_000)) continue;
      await input.fill(text);
      if (!row || await shows(page.locator(FOCUSED, { hasText: row }), 10_000)) {
        await input.press("Enter");
        return;
      }
      await page.keyboard.press("Escape"); // what was typed was lost, too
    }
    throw new Error(`${key} shows no ${row ?? "input"}`);
  };
  const command = (title) => quick("F1", `>${title}`, title);
  const open = async (name) => {
    await quick("Control+P", name, name);
    await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await page.locator(".editor-instance .monaco-editor.focused").first().waitFor();
  };
  const cursor = (text) => page.locator("#status\\.editor\\.selection", { hasText: text }).waitFor();
  const goTo = async (line, column) => {
    await quick("Control+G", `:${line}:${column}`);
    await cursor(`Ln ${line}, Col ${column}`);
  };
  const upToDate = page.locator(".statusbar-item[aria-label*='up to date']");
  return { shot, command, open, cursor, goTo, upToDate };
}

/** Opens the folder and waits until its files are listed. */
export async function openFolder(page, address, workspace) {
  await page.goto(`http://${address}/?folder=${workspace}`);
  await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 120_000 });
}

/** Runs steps by name, one after the other, and says which went well; the first that did not ends it, with a picture. */
export async function runSteps(steps, shot) {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
      console.log(`ok   ${name}`);
    } catch (error) {
      console.log(`FAIL ${name}`);
      await shot("failed");
      throw error;
    }
  }
}
