-- How the server is started; what `vim.lsp.config("isg", ...)` says overrides it.

-- Groups of equal priority came with 0.11.3; older ones take the nearest directory that has any of these.
local markers = { { "isg.toml", ".isg.toml" }, ".git", { "Cargo.toml", "pyproject.toml" } }
if vim.fn.has("nvim-0.11.3") == 0 then
  markers = vim.iter(markers):flatten():totable()
end

---@type vim.lsp.Config
return {
  cmd = { vim.g.isg_path and vim.fs.normalize(vim.g.isg_path) or "isg", "serve", "--stdio" },
  filetypes = { "rust", "python" },
  root_markers = markers,
  -- What the server offers is settled when it starts, which is before it may ask for `settings`.
  before_init = function(params, config)
    local settings = vim.tbl_get(config, "settings", "isg")
    if settings and not vim.tbl_isempty(settings) then
      params.initializationOptions =
        vim.tbl_deep_extend("force", params.initializationOptions or {}, settings)
    end
  end,
}
