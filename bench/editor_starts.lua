-- A user's init.lua, and what the user does then: open a file and go to the implementations of what stands there. Says on
-- standard output how many there are, as soon as there are any. Without a place it only opens the file.
--
-- $BENCH: an object with plugin, root, command, file, line, character.

local given = vim.json.decode(vim.env.BENCH)
local asks = given.line ~= vim.NIL

if asks then
  vim.opt.rtp:prepend(given.plugin)
  vim.lsp.config("isg", { cmd = given.command, root_dir = given.root })
  vim.lsp.enable("isg")
end

local function say(count)
  io.stdout:write(("%d\n"):format(count))
  io.stdout:flush()
  vim.schedule(function()
    vim.cmd("qall!")
  end)
end

---@param client vim.lsp.Client
---@param buffer integer
local function ask(client, buffer)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    position = { line = given.line, character = given.character },
  }
  client:request("textDocument/implementation", params, function(_, found)
    if found and #found > 0 then
      say(#found)
    else
      vim.defer_fn(function()
        ask(client, buffer)
      end, 10)
    end
  end, buffer)
end

vim.api.nvim_create_autocmd("LspAttach", {
  callback = function(event)
    ask(assert(vim.lsp.get_client_by_id(event.data.client_id)), event.buf)
  end,
})
vim.api.nvim_create_autocmd("VimEnter", {
  nested = true, -- opening a file has autocommands of its own
  callback = function()
    vim.cmd.edit(vim.fn.fnameescape(given.file))
    if not asks then
      say(0)
    end
  end,
})
