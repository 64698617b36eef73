--- What `isg.status` says of an index, in lines for a person.

local M = {}

---@class isg.Problem
---@field path string
---@field stage string
---@field message string

---@class isg.IndexStatus
---@field root string a URI
---@field indexing boolean
---@field scanned boolean
---@field location? string
---@field documents table<string, integer> by language
---@field symbols table<string, integer> by kind
---@field relations table<string, integer> by kind
---@field size_bytes integer
---@field errors isg.Problem[]

---@param counts table<string, integer>
---@return integer
local function total(counts)
  return vim.iter(counts):fold(0, function(sum, _, count)
    return sum + count
  end)
end

---@param status isg.IndexStatus
---@return "being brought up to date"|"up to date"|"as it was stored"
function M.state(status)
  if status.indexing then
    return "being brought up to date"
  end
  return status.scanned and "up to date" or "as it was stored"
end

---One line.
---@param status isg.IndexStatus
---@return string
function M.summary(status)
  return ("%s: %s, %d documents, %d symbols, %d relations, %.1f MB"):format(
    vim.fn.fnamemodify(vim.uri_to_fname(status.root), ":~"),
    M.state(status),
    total(status.documents),
    total(status.symbols),
    total(status.relations),
    status.size_bytes / 1e6
  )
end

---A line for each file that could not be read, decoded or parsed as a whole.
---@param status isg.IndexStatus
---@return string[]
function M.problems(status)
  return vim.tbl_map(function(problem)
    return ("%s: %s (%s)"):format(problem.path, problem.message, problem.stage)
  end, status.errors)
end

return M
