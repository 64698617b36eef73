--- What a configuration may use: `require("isg").status()`. Nothing has to be set up.
---
--- Sibling: `isg.commands`, what the user commands do.

local M = {}

---@class isg.Running
---@field token lsp.ProgressToken
---@field text string

---What each client is busy with, by its id.
---@type table<integer, isg.Running>
local running = {}

---Takes in one step of a progress; called for every server's.
---@param event { client_id: integer, params: lsp.ProgressParams }
function M.on_progress(event)
  local client = vim.lsp.get_client_by_id(event.client_id)
  if not client or client.name ~= "isg" then
    return
  end
  local token, value = event.params.token, event.params.value
  if value.kind ~= "end" then
    local text = value.message and "isg: " .. value.message or value.title
    running[client.id] = { token = token, text = text }
  elseif running[client.id] and running[client.id].token == token then
    running[client.id] = nil
  end
  vim.cmd.redrawstatus({ bang = true })
end

---For a statusline: "" where isg is not attached to the buffer, "isg" at rest, and how far it is while it indexes.
---@return string
function M.status()
  local client = vim.lsp.get_clients({ bufnr = 0, name = "isg" })[1]
  if not client then
    return ""
  end
  return running[client.id] and running[client.id].text or "isg"
end

return M
