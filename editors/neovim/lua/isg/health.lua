--- `:checkhealth isg`: is the server there, does it run here, what does its index hold, does another one do the same?

local index = require("isg.index")

local M = {}

local health = vim.health
local PATIENCE_MS = 5000

---What two servers would both answer, with the setting (`isg.capabilities.*`) that takes it from this one.
local SHARED = {
  ["textDocument/implementation"] = "implementation",
  ["textDocument/references"] = "references",
  ["textDocument/definition"] = "definition",
  ["textDocument/declaration"] = "declaration",
  ["textDocument/typeDefinition"] = "typeDefinition",
  ["textDocument/documentSymbol"] = "documentSymbol",
  ["workspace/symbol"] = "workspaceSymbol",
  ["textDocument/hover"] = "hover",
  ["textDocument/documentHighlight"] = "documentHighlight",
  ["textDocument/prepareCallHierarchy"] = "callHierarchy",
  ["textDocument/prepareTypeHierarchy"] = "typeHierarchy",
}

---@return boolean whether anything else can be checked
local function check_neovim()
  health.start("isg: Neovim")
  local version = tostring(vim.version())
  if vim.fn.has("nvim-0.11") == 1 then
    health.ok(version)
    return true
  end
  health.error(version .. " is too old for this plugin, which needs 0.11", {
    "Update Neovim, or start the server with vim.lsp.start(): see the README of the plugin",
  })
  return false
end

---The version of the server on disk, asked of what stands before `serve` in the command line.
---@param cmd string[]
local function check_version(cmd)
  local asking = {}
  for _, word in ipairs(cmd) do
    if word == "serve" then
      break
    end
    table.insert(asking, word)
  end
  table.insert(asking, "--version")
  local told = vim.system(asking, { text = true, timeout = 2 * PATIENCE_MS }):wait()
  if told.code == 0 then
    health.ok(("%s (%s)"):format(vim.trim(told.stdout), vim.fn.exepath(cmd[1])))
  else
    health.error(("%s does not run: %s"):format(cmd[1], vim.trim(told.stderr or "")))
  end
end

local function check_server()
  health.start("isg: server")
  local config = vim.lsp.config.isg
  local cmd = config and config.cmd
  if type(cmd) ~= "table" then
    health.info(cmd and "started by a function of yours" or "no configuration is called isg")
  elseif vim.fn.executable(cmd[1]) == 1 then
    check_version(cmd)
  else
    health.error(cmd[1] .. " can't be run", {
      "pip install isg-lsp, or: uv tool install isg-lsp",
      "Name it before it is enabled: vim.g.isg_path = '/path/to/isg'",
    })
  end
  if vim.lsp.is_enabled and not vim.lsp.is_enabled("isg") then
    health.warn("not enabled", { "vim.lsp.enable('isg')" })
  end
end

---@param client vim.lsp.Client
local function check_index(client)
  local answer, problem = client:request_sync(
    "workspace/executeCommand",
    { command = "isg.status", arguments = {} },
    PATIENCE_MS,
    0
  )
  if not answer or answer.err then
    health.error(
      "the server does not say what its index holds: " .. (problem or answer.err.message)
    )
    return
  end
  for _, status in ipairs(answer.result) do
    health.ok(index.summary(status))
    for _, line in ipairs(index.problems(status)) do
      health.warn(line)
    end
  end
end

---The settings under which each other client does what this one does, by that client's name.
---@param client vim.lsp.Client
---@return table<string, string[]>
local function doubled(client)
  local found = {}
  for buffer in pairs(client.attached_buffers) do
    for _, other in ipairs(vim.lsp.get_clients({ bufnr = buffer })) do
      if other.id ~= client.id then
        found[other.name] = found[other.name] or {}
        for method, setting in pairs(SHARED) do
          if client:supports_method(method, buffer) and other:supports_method(method, buffer) then
            found[other.name][setting] = true
          end
        end
      end
    end
  end
  return vim.tbl_map(function(settings)
    local names = vim.tbl_keys(settings)
    table.sort(names)
    return names
  end, found)
end

---What takes settings from isg, as it is written in a configuration.
---@param companion boolean whether companion mode is on already
---@param settings string[]
---@return string
local function advice(companion, settings)
  if not companion then
    return "settings = { isg = { mode = 'companion' } } leaves on what other servers lack, "
      .. "those that `peers` names where it is set"
  end
  local off = table.concat(settings, " = false, ") .. " = false"
  return ("settings.isg.capabilities = { %s } leaves them to the other"):format(off)
end

---@param client vim.lsp.Client
local function check_others(client)
  local companion = vim.tbl_get(client.settings, "isg", "mode") == "companion"
  for name, settings in vim.spairs(doubled(client)) do
    if #settings == 0 then
      health.ok(("nothing appears twice beside %s"):format(name))
    else
      local answered = table.concat(settings, ", ")
      health.warn(
        ("%s answers these too, so results may appear twice: %s"):format(name, answered),
        { advice(companion, settings) }
      )
    end
  end
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = "isg" })
  if #clients == 0 then
    health.start("isg: clients")
    health.info("attached to no buffer: open a Rust or Python file")
  end
  for _, client in ipairs(clients) do
    health.start(("isg: client %d"):format(client.id))
    health.ok(
      ("%d buffers, positions in %s"):format(
        vim.tbl_count(client.attached_buffers),
        client.offset_encoding
      )
    )
    check_index(client)
    check_others(client)
  end
end

function M.check()
  if check_neovim() then
    check_server()
    check_clients()
  end
end

return M
