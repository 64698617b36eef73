--- What the user commands do: ask the server, show the answer. `given` is what Neovim passes to a user command.

local index = require("isg.index")
local quickfix = require("isg.quickfix")
local server = require("isg.server")

local M = {}

---At most so many dependents are listed.
local LISTED = 500

---`:IsgBlastRadius`
function M.blast_radius()
  local word = vim.fn.expand("<cword>")
  server.execute("isg.blastRadius", function(client)
    return vim.tbl_extend("error", server.cursor(client), { limit = LISTED })
  end, function(found, client)
    ---@cast found isg.BlastRadius
    if found.count == 0 then
      server.say(("nothing depends on %s"):format(word))
      return
    end
    local more = found.truncated and " or more" or ""
    local title = ("isg: blast radius of %s: %d%s"):format(word, found.count, more)
    if #found.dependents < found.count then
      title = ("%s, the first %d"):format(title, #found.dependents)
    end
    quickfix.show(title, quickfix.dependents(found, client.offset_encoding))
  end)
end

---@class isg.ContextArguments
---@field register? string
---@field budget? integer
---@field level? integer

---`[register] [budget] [level]`; nil for anything else.
---@param given vim.api.keyset.create_user_command.command_args
---@return isg.ContextArguments?
local function context_arguments(given)
  local words = vim.deepcopy(given.fargs)
  local register = given.bang and vim.v.register or nil
  if words[1] and words[1]:match('^[%a"*+]$') then
    register = table.remove(words, 1)
  end
  for at, word in ipairs(words) do
    if at > 2 or not tonumber(word) then
      return nil
    end
  end
  return { register = register, budget = tonumber(words[1]), level = tonumber(words[2]) }
end

---@param text string
---@param mods vim.api.keyset.cmd.mods
local function show_context(text, mods)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(vim.trim(text), "\n"))
  vim.bo[buffer].bufhidden = "wipe"
  vim.cmd({ cmd = "split", mods = mods })
  vim.api.nvim_win_set_buf(0, buffer)
  vim.bo[buffer].filetype = "markdown"
end

---`:[mods] IsgContext[!] [register] [budget] [level]`
---@param given vim.api.keyset.create_user_command.command_args
function M.context(given)
  local arguments = context_arguments(given)
  if not arguments then
    server.say(":IsgContext[!] [register] [budget] [level]", vim.log.levels.ERROR)
    return
  end
  server.execute("isg.llmContext", function(client)
    local wanted = { budget = arguments.budget, level = arguments.level }
    return vim.tbl_extend("error", server.cursor(client), wanted)
  end, function(made)
    if arguments.register then
      vim.fn.setreg(arguments.register, made.text)
      server.say(("%d tokens in register %s"):format(made.tokens, arguments.register))
    else
      show_context(made.text, given.smods)
    end
  end)
end

---`:IsgCycles [kind ...]`
---@param given vim.api.keyset.create_user_command.command_args
function M.cycles(given)
  server.execute("isg.cycles", function()
    return #given.fargs > 0 and { kinds = given.fargs } or vim.empty_dict()
  end, function(found, client)
    if #found.knots == 0 then
      server.say("no cycles")
      return
    end
    quickfix.show("isg: cycles", quickfix.findings(found.knots, client.offset_encoding))
  end)
end

---`:IsgReindex`
function M.reindex()
  server.execute("isg.reindex", server.root, function()
    server.say("the index is up to date")
  end)
end

---`:IsgClearIndex`
function M.clear_index()
  server.execute("isg.clearIndex", server.root, function()
    server.say("the index is deleted; it is being made anew")
  end)
end

---`:IsgStatus`
function M.status()
  server.execute("isg.status", server.root, function(statuses)
    local lines = {}
    for _, status in ipairs(statuses) do
      table.insert(lines, index.summary(status))
      vim.list_extend(lines, index.problems(status))
    end
    server.say(#lines > 0 and table.concat(lines, "\n  ") or "no folder is open")
  end)
end

return M
