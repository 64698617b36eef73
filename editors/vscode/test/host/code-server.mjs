// A real VS Code (code-server in headless Chromium) on a fresh workspace, with this extension and a server.
// Where programs are missing, `missing()` says which.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { writeWorkspace } from "./workspace.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
export const EXTENSION = resolve(HERE, "../..");
const PROGRAMS = {
  CODE_SERVER: process.env.CODE_SERVER, // code-server's out/node/entry.js
  CODE_SERVER_NODE: process.env.CODE_SERVER_NODE, // the Node it was built for
  CHROMIUM: process.env.CHROMIUM ?? "/usr/bin/chromium",
  ISG: process.env.ISG, // the server
};
const SETTINGS = {
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "files.autoSave": "off",
  "files.hotExit": "off",
  "git.enabled": false,
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "extensions.ignoreRecommendations": true,
};

/** The variables that name no program. */
export function missing() {
  return Object.keys(PROGRAMS).filter((name) => !PROGRAMS[name] || !existsSync(PROGRAMS[name]));
}

/** The address that opens the folder and runs a file of ours inside the extension host. */
export function hostUrl(address, workspace, file) {
  const place = (path) => `vscode-remote://${address}${path}`;
  const payload = [["extensionDevelopmentPath", place(EXTENSION)], ["extensionTestsPath", place(join(EXTENSION, file))]];
  return `http://${address}/?folder=${workspace}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/**
 * Starts it, gives `use` the page, the address and a folder for what it writes, and ends everything. `install`: the package
 * to install; `settings`: beside the usual ones; `write`: makes the workspace.
 */
export async function withCode(given, use) {
  const { options = [], environment = () => ({}), size = { width: 1400, height: 900 }, write = writeWorkspace } = given;
  const folder = mkdtempSync(join(tmpdir(), "isg-vscode-"));
  const [workspace, user, home] = ["workspace", "user", "home"].map((name) => join(folder, name));
  write(workspace);
  mkdirSync(home);
  const settings = { ...SETTINGS, "isg.path": PROGRAMS.ISG, ...given.settings };
  for (const place of ["User", "Machine"]) {
    mkdirSync(join(user, place), { recursive: true });
    writeFileSync(join(user, place, "settings.json"), JSON.stringify(settings));
  }
  writeFileSync(join(folder, "config.yaml"), "bind-addr: 127.0.0.1:0\nauth: none\ncert: false\n");
  const fixed = ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", "--disable-proxy", "-e",
    "--disable-getting-started-override", "--reconnection-grace-time", "1"];
  const places = ["--config", join(folder, "config.yaml"), "--user-data-dir", user, "--extensions-dir", join(folder, "extensions")];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VSCODE_|CODE_SERVER)/.test(name)));
  const common = { env: { ...env, HOME: home, XDG_CACHE_HOME: join(home, ".cache"), ...environment(folder) }, detached: true };
  const start = (...args) => spawn(PROGRAMS.CODE_SERVER_NODE, [PROGRAMS.CODE_SERVER, ...places, ...args], common);
  if (given.install !== undefined) {
    const installed = start("--install-extension", join(EXTENSION, given.install));
    await new Promise((done) => installed.on("exit", done));
  }
  const server = start("--bind-addr", "127.0.0.1:0", "--auth", "none", ...fixed, ...options, workspace);
  try {
    const address = await listening(server);
    const browser = await chromium.launch({ executablePath: PROGRAMS.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage({ viewport: size });
      await page.route(/^https?:\/\/(?!127\.0\.0\.1[:/])/, (route) => route.abort());
      await use({ page, address, workspace, folder });
    } finally {
      await browser.close();
    }
  } finally {
    end(server);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

export function textOf(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function listening(server) {
  return new Promise((done, fail) => {
    let log = "";
    const read = (chunk) => {
      log += chunk;
      const found = /listening on http:\/\/(127\.0\.0\.1:\d+)/.exec(log);
      if (found) done(found[1]);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", () => fail(new Error(log)));
  });
}

function end(server) {
  try {
    process.kill(-server.pid, "SIGKILL"); // its own group: extension host and language server too
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
