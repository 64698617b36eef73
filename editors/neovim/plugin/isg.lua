-- The commands. What they do is loaded when the first of them is used.

if vim.g.loaded_isg or vim.fn.has("nvim-0.11") == 0 then
  return -- `:checkhealth isg` says what an older Neovim lacks
end
vim.g.loaded_isg = true

---@param name string
---@param run string the function of `isg.commands`
---@param options vim.api.keyset.user_command
local function command(name, run, options)
  vim.api.nvim_create_user_command(name, function(given)
    require("isg.commands")[run](given)
  end, options)
end

command("IsgBlastRadius", "blast_radius", {
  desc = "List what depends on the symbol under the cursor",
})
command("IsgContext", "context", {
  nargs = "*",
  bang = true,
  desc = "Show what a language model should know of the symbol under the cursor",
})
command("IsgCycles", "cycles", { nargs = "*", desc = "List cycles, each with its path" })
command("IsgReindex", "reindex", { desc = "Look at every file of the workspace again" })
command(
  "IsgClearIndex",
  "clear_index",
  { desc = "Delete the index of the workspace, make it anew" }
)
command("IsgStatus", "status", { desc = "Say what the index holds" })

vim.api.nvim_create_autocmd("LspProgress", {
  group = vim.api.nvim_create_augroup("isg", {}),
  callback = function(event)
    require("isg").on_progress(event.data)
  end,
  desc = "Keep the state that the statusline shows",
})
