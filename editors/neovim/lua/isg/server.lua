--- Asking the server: which client it is, and its commands.

local M = {}

---@param message string
---@param level? vim.log.levels
function M.say(message, level)
  vim.notify("isg: " .. message, level or vim.log.levels.INFO)
end

---The client of the current buffer, or the only one there is: a quickfix window has none of its own.
---@return vim.lsp.Client?
function M.client()
  local here = vim.lsp.get_clients({ bufnr = 0, name = "isg" })
  if #here > 0 then
    return here[1]
  end
  local all = vim.lsp.get_clients({ name = "isg" })
  return #all == 1 and all[1] or nil
end

---Runs a command of the server (docs/commands.md). What the server refuses is told in its own words.
---@param command string
---@param argument fun(client: vim.lsp.Client): any nil for none
---@param done fun(result: any, client: vim.lsp.Client)
function M.execute(command, argument, done)
  local client = M.client()
  if not client then
    M.say("not attached to this buffer; :checkhealth isg says more", vim.log.levels.ERROR)
    return
  end
  local params = { command = command, arguments = { argument(client) } }
  client:request("workspace/executeCommand", params, function(problem, result)
    if problem then
      M.say(problem.message, vim.log.levels.ERROR)
    else
      done(result, client)
    end
  end)
end

---The place of the cursor, as the commands about the graph take it.
---@param client vim.lsp.Client
---@return { uri: string, position: lsp.Position }
function M.cursor(client)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  return { uri = params.textDocument.uri, position = params.position }
end

---The URI of the current buffer where the client has it, which says which root is meant; nil means every root.
---@param client vim.lsp.Client
---@return string?
function M.root(client)
  return vim.lsp.buf_is_attached(0, client.id) and vim.uri_from_bufnr(0) or nil
end

return M
