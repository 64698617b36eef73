--- Answers of the server as quickfix lists. Order and words are the server's; columns are Neovim's.

local M = {}

---@class isg.Dependent
---@field label string
---@field hops integer
---@field relation string
---@field via string
---@field confidence "certain"|"possible"
---@field test boolean
---@field location lsp.Location

---@class isg.BlastRadius
---@field count integer
---@field truncated boolean
---@field dependents isg.Dependent[]

---@class isg.Place: lsp.Location
---@field message string

---@class isg.Finding
---@field severity "error"|"warning"|"information"|"hint"
---@field places isg.Place[] its own, and one for each further step

---@class isg.Knot
---@field code string
---@field size integer
---@field cut { source: string, target: string, names: string[] }[]
---@field findings isg.Finding[]

local TYPES = { error = "E", warning = "W", information = "I", hint = "N" }

---Locations as entries, in the order given: Neovim sorts them, which would take the server's order away.
---@param locations lsp.Location[]
---@param encoding string
---@return vim.quickfix.entry[]
local function entries(locations, encoding)
  ---@type table<lsp.Location, vim.quickfix.entry>
  local by_location = {}
  for _, entry in ipairs(vim.lsp.util.locations_to_items(locations, encoding)) do
    by_location[entry.user_data] = entry
    entry.user_data = nil
  end
  return vim.tbl_map(function(location)
    return by_location[location]
  end, locations)
end

---@param text string
---@return vim.quickfix.entry
local function heading(text)
  return { text = text, valid = 0 }
end

---@param dependent isg.Dependent
---@return string
local function described(dependent)
  local text = ("%s  %s %s"):format(dependent.label, dependent.relation, dependent.via)
  if dependent.hops > 1 then
    text = ("%s, %d hops"):format(text, dependent.hops)
  end
  return dependent.confidence == "possible" and "possible: " .. text or text
end

---What depends on something, with the tests behind the rest.
---@param found isg.BlastRadius
---@param encoding string
---@return vim.quickfix.entry[]
function M.dependents(found, encoding)
  local places = entries(
    vim.tbl_map(function(dependent)
      return dependent.location
    end, found.dependents),
    encoding
  )
  local uses, tests = {}, {}
  for at, dependent in ipairs(found.dependents) do
    places[at].text = described(dependent)
    table.insert(dependent.test and tests or uses, places[at])
  end
  if #tests > 0 then
    table.insert(uses, heading(("Tests (%d)"):format(#tests)))
  end
  return vim.list_extend(uses, tests)
end

---@param knot isg.Knot
---@return string
local function described_knot(knot)
  local text = ("%s, %d together"):format(knot.code, knot.size)
  local cuts = vim.tbl_map(function(cut)
    local names = #cut.names > 0 and (" (%s)"):format(table.concat(cut.names, ", ")) or ""
    return ("%s -> %s%s"):format(cut.source, cut.target, names)
  end, knot.cut)
  return #cuts > 0 and ("%s; cut %s"):format(text, table.concat(cuts, ", ")) or text
end

---Every finding under the knot it belongs to, followed by the steps of its cycle.
---@param knots isg.Knot[]
---@param encoding string
---@return vim.quickfix.entry[]
function M.findings(knots, encoding)
  local list = {}
  for _, knot in ipairs(knots) do
    table.insert(list, heading(described_knot(knot)))
    for _, finding in ipairs(knot.findings) do
      for at, entry in ipairs(entries(finding.places, encoding)) do
        local message = finding.places[at].message
        entry.text = at == 1 and message or "  " .. message
        entry.type = at == 1 and TYPES[finding.severity] or nil
        table.insert(list, entry)
      end
    end
  end
  return list
end

---Shows entries as a new quickfix list.
---@param title string
---@param list vim.quickfix.entry[]
function M.show(title, list)
  vim.fn.setqflist({}, " ", { title = title, items = list })
  vim.cmd("botright copen")
end

return M
