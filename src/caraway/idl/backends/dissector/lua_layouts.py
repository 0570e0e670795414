"""Lua of the dissector: reads bytes by what was written down, and shows them.

Nothing here trusts a number from the wire. A part that does not fit leaves its
message with an error that tells where; the lines shown and the steps taken for
one message are bounded, since sub-messages and pointers can name the same
bytes again and again.
"""

from __future__ import annotations

from typing import Final

LAYOUTS: Final = r"""
-- ---------------------------------------------------------------------------
-- Reading and showing what the description says

local ARRAY_LIMIT = 1000 -- elements of an array that are shown
local ITEM_LIMIT = 10000 -- lines that one message may take
local STEP_LIMIT = 200000 -- parts of one message that are looked at
local DEPTH_LIMIT = 64 -- structs inside each other

local experts = {
  malformed = ProtoExpert.new("caraway_spice.malformed", "malformed message",
    expert.group.MALFORMED, expert.severity.ERROR),
  bug = ProtoExpert.new("caraway_spice.bug", "error in the dissector",
    expert.group.MALFORMED, expert.severity.ERROR),
  unknown = ProtoExpert.new("caraway_spice.unknown", "not in the description",
    expert.group.UNDECODED, expert.severity.WARN),
  no_list = ProtoExpert.new("caraway_spice.no_list", "no list of sub-messages",
    expert.group.UNDECODED, expert.severity.WARN),
  cut = ProtoExpert.new("caraway_spice.cut", "bytes are missing in the capture",
    expert.group.REASSEMBLE, expert.severity.WARN),
  limit = ProtoExpert.new("caraway_spice.limit", "shown in part",
    expert.group.UNDECODED, expert.severity.NOTE),
  trailing = ProtoExpert.new("caraway_spice.trailing_bytes", "bytes after the last member",
    expert.group.PROTOCOL, expert.severity.CHAT),
}

-- Fields of our own beside those of the description.
declare("channel", ProtoField.uint8, "Channel", base.DEC, channel_names, nil, "Kind of channel")
declare("channel_id", ProtoField.uint8, "Channel id", base.DEC, nil, nil, "Which of its kind")
declare("sender", ProtoField.string, "Sender", base.ASCII, "client or server")
declare("message", ProtoField.string, "Message", base.ASCII, "Name of the message")
declare("number", ProtoField.uint16, "Number", base.DEC, nil, nil, "Number of the message")
declare("serial", ProtoField.uint64, "Serial", base.DEC, nil, nil, "Counted, where not sent")
declare("capability", ProtoField.string, "Capability", base.ASCII, "Announced in the link stage")
declare("unknown_message", ProtoField.bytes, "Unknown message", base.NONE)
declare("bytes", ProtoField.bytes, "Bytes", base.NONE, "What has not been told apart")
declare("trailing", ProtoField.bytes, "Trailing bytes", base.NONE, "After the last member")
declare("more", ProtoField.none, "More elements")
if mux then declare("mux.part", ProtoField.bytes, "Part of a frame", base.NONE) end

local function whole(value) return string.format("%.0f", value) end

local function amount(bytes_there)
  return whole(bytes_there) .. (bytes_there == 1 and " byte" or " bytes")
end

local function has_bit(value, mask) return math.floor(value / mask) % 2 == 1 end

-- What the parts of one message share: how much of it has been shown, and who sent it.
local function new_work(side, root) return { items = 0, steps = 0, side = side, root = root } end

-- The bytes that pointers count from: size bytes of a buffer from base on.
local function new_context(tvb, base, size, work, cut)
  return {
    tvb = tvb, base = base, size = size, work = work, cut = cut,
    path = {}, depth = 0, reached = 0,
  }
end

local function path_text(path)
  local shown = ""
  for _, part in ipairs(path) do
    if type(part) == "number" then
      shown = shown .. "[" .. part .. "]"
    else
      shown = shown .. (shown == "" and "" or ".") .. part
    end
  end
  return shown
end

-- Leaves the message. missing: how many more bytes the context would have to have.
local function give_up(context, what, expert_name, missing)
  local where = path_text(context.path)
  error({
    text = (where == "" and "" or where .. ": ") .. what,
    expert = expert_name or (context.cut and "cut" or "malformed"),
    missing = missing,
  }, 0)
end

local function take(context, pos, wanted, limit)
  if wanted > limit - pos then
    local missing = limit == context.size and wanted - (limit - pos) or nil
    give_up(context, amount(wanted) .. " needed at " .. whole(pos) .. ", "
      .. whole(limit - pos) .. " left", nil, missing)
  end
end

local function report(tree, problem, work)
  local known = type(problem) == "table" and problem.text
  if work and work.items >= ITEM_LIMIT then
    if work.silenced then return end
    work.silenced = true
    tree = work.root or tree
  end
  if work then work.items = work.items + 1 end
  if known then
    tree:add_proto_expert_info(experts[problem.expert], problem.text)
  else
    tree:add_proto_expert_info(experts.bug, "error in the dissector: " .. tostring(problem))
  end
end

-- A new line below tree, or nil where nothing is to be shown or the message has enough lines.
local function add(work, tree, field, range)
  if not tree then return nil end
  if work.items >= ITEM_LIMIT then
    work.full = true
    return nil
  end
  work.items = work.items + 1
  return tree:add(field, range)
end

local function lookup(scope, path)
  local value = scope
  for _, name in ipairs(path) do
    if type(value) ~= "table" then return 0 end
    value = value[name]
  end
  return type(value) == "number" and value or 0
end

-- Bytes or elements of an array, as its size says; nil where it goes on to the end.
local function length_of(size, scope)
  if size.kind == "constant" then return size.count end
  if size.kind == "image" then
    local row = math.floor((size.bits * lookup(scope, size.width) + 7) / 8)
    return row * lookup(scope, size.rows)
  end
  if size.kind == "rest" then return nil end
  return lookup(scope, size.path)
end

local readers = {}

-- Reads a part at pos, which must end at limit at the latest, and shows it below tree, unless that
-- is nil. Returns where it ends, its value if something else may depend on it, and its line.
local function read(context, layout, field, pos, limit, tree, scope)
  local work = context.work
  work.steps = work.steps + 1
  if work.steps > STEP_LIMIT then
    give_up(context, "more than " .. STEP_LIMIT .. " parts: the rest is not looked at", "limit")
  end
  return readers[layout.kind](context, layout, field, pos, limit, tree, scope)
end

local show_view

-- A member that is not on the wire.
local function show_virtual(context, part, pos, tree)
  if not tree or context.work.items >= ITEM_LIMIT then return end
  context.work.items = context.work.items + 1
  local layout = part.layout.kind == "pointer" and POINTER or part.layout
  local value = part.virtual
  if layout.bytes == 8 then value = (layout.signed and Int64 or UInt64).new(value) end
  local item = tree:add(part.field, context.tvb(context.base + pos, 0), value)
  item:append_text(" (not on the wire)")
  item:set_generated()
end

local function read_member(context, part, pos, limit, tree, scope)
  if part.virtual then
    show_virtual(context, part, pos, tree)
    return pos, part.virtual
  end
  local stop, value, item = read(context, part.layout, part.field, pos, limit, tree, scope)
  if item and part.reserved then item:append_text(" (reserved)") end
  if item and part.view and value then
    show_view(context, part.view, value, item, scope)
  end
  return stop, value
end

local function read_members(context, members, pos, limit, tree)
  local values = {}
  local path = context.path
  local depth = #path + 1
  for _, part in ipairs(members) do
    path[depth] = part.name
    pos, values[part.name] = read_member(context, part, pos, limit, tree, values)
  end
  path[depth] = nil
  if pos > context.reached then context.reached = pos end
  return pos, values
end

-- Small structs of numbers show them in their own line.
local function summary(members, values)
  if #members == 0 or #members > 8 then return "" end
  local shown = {}
  for index, part in ipairs(members) do
    local value = values[part.name]
    if type(value) ~= "number" then return "" end
    shown[index] = part.name .. " " .. whole(value)
  end
  return " (" .. table.concat(shown, ", ") .. ")"
end

function readers.struct(context, layout, field, pos, limit, tree)
  if context.depth >= DEPTH_LIMIT then
    give_up(context, "more than " .. DEPTH_LIMIT .. " structs inside each other", "limit")
  end
  context.depth = context.depth + 1
  local item = add(context.work, tree, field, context.tvb(context.base + pos, limit - pos))
  local stop, values = read_members(context, layout.members, pos, limit, item)
  context.depth = context.depth - 1
  if item then
    item:set_len(stop - pos)
    item:append_text(summary(layout.members, values))
  end
  return stop, values, item
end

function readers.integer(context, layout, field, pos, limit, tree)
  take(context, pos, layout.bytes, limit)
  local range = context.tvb(context.base + pos, layout.bytes)
  local value
  if layout.bytes == 8 then
    value = (layout.signed and range:le_int64() or range:le_uint64()):tonumber()
  else
    value = layout.signed and range:le_int() or range:le_uint()
  end
  local item
  if tree and context.work.items < ITEM_LIMIT then
    context.work.items = context.work.items + 1
    item = tree:add_le(field, range)
  elseif tree then
    context.work.full = true
  end
  return pos + layout.bytes, value, item
end

readers.enum = readers.integer

function readers.flags(context, layout, field, pos, limit, tree)
  local stop, value, item = readers.integer(context, layout, field, pos, limit, tree)
  if item then
    local range = context.tvb(context.base + pos, layout.bytes)
    local names = {}
    for _, each in ipairs(layout.bits) do
      item:add_le(each.field, range)
      if has_bit(value, each.mask) then names[#names + 1] = each.name end
    end
    context.work.items = context.work.items + #layout.bits
    if #names > 0 then item:append_text(" (" .. table.concat(names, ", ") .. ")") end
  end
  return stop, value, item
end

function readers.fd(context, _, field, pos, _, tree)
  local item = add(context.work, tree, field, context.tvb(context.base + pos, 0))
  if item then item:append_text(": a file descriptor that travels beside the message") end
  return pos, nil, item
end

function readers.bytes(context, layout, field, pos, limit, tree, scope)
  local wanted = length_of(layout.size, scope) or limit - pos
  take(context, pos, wanted, limit)
  local range = context.tvb(context.base + pos, wanted)
  local item
  if tree and layout.text and context.work.items < ITEM_LIMIT then
    context.work.items = context.work.items + 1
    item = tree:add_packet_field(field, range, ENC_UTF_8)
  else
    item = add(context.work, tree, field, range)
  end
  if item and wanted == 0 then item:append_text(" (empty)") end
  return pos + wanted, { at = pos, count = wanted }, item
end

-- Where an array that is no row of bytes ends, or how many elements it has.
local function extent(context, layout, pos, limit, scope)
  local wanted = length_of(layout.size, scope)
  if wanted and layout.size.kind ~= "filling" then
    if wanted * layout.least > limit - pos then
      give_up(context, whole(wanted) .. " elements of at least " .. layout.least
        .. (layout.least == 1 and " byte" or " bytes") .. " do not fit in the "
        .. amount(limit - pos) .. " left", nil,
        limit == context.size and wanted * layout.least - (limit - pos) or nil)
    end
    return limit, wanted
  end
  local stop = limit
  if wanted then
    take(context, pos, wanted, limit)
    stop = pos + wanted
  end
  if layout.each then
    local odd = (stop - pos) % layout.each
    if odd ~= 0 then
      give_up(context, amount(stop - pos) .. " are no whole number of elements of "
        .. amount(layout.each))
    end
    return stop, math.floor((stop - pos) / layout.each)
  end
  return stop, nil
end

function readers.array(context, layout, field, pos, limit, tree, scope)
  local stop, wanted = extent(context, layout, pos, limit, scope)
  local item = add(context.work, tree, field, context.tvb(context.base + pos, stop - pos))
  local path = context.path
  local depth = #path + 1
  local here, index = pos, 0
  while wanted and index < wanted or not wanted and here < stop do
    if index >= ARRAY_LIMIT and layout.each then
      here = pos + wanted * layout.each
      index = wanted
      break
    end
    path[depth] = index
    local below = index < ARRAY_LIMIT and item or nil
    local next, _, child = read(context, layout.element, layout.item, here, stop, below, scope)
    if child then child:prepend_text("[" .. index .. "] ") end
    if not wanted and next == here then give_up(context, "an element without bytes") end
    here, index = next, index + 1
  end
  path[depth] = nil
  if item then
    item:set_len(here - pos)
    item:append_text(": " .. whole(index) .. (index == 1 and " element" or " elements"))
    if index > ARRAY_LIMIT then
      local more = item:add(fields.more, context.tvb(context.base + pos, 0))
      more:set_text("… " .. whole(index - ARRAY_LIMIT) .. " more")
      context.work.items = context.work.items + 1
    end
  end
  return here, { at = pos, count = index, each = layout.each }, item
end

function readers.pointer(context, layout, field, pos, limit, tree, scope)
  local stop, offset, item = readers.integer(context, POINTER, field, pos, limit, tree)
  if offset == 0 then
    if layout.nonnull then give_up(context, "is null, which it must not be", "malformed") end
    if item then item:append_text(" (null)") end
    return stop, nil, item
  end
  if offset >= context.size then
    give_up(context, "points to " .. whole(offset) .. ", but the message has "
      .. amount(context.size))
  end
  local ends, value = read(context, layout.target, layout.item, offset, context.size, item, scope)
  if ends > context.reached then context.reached = ends end
  return stop, value, item
end

local function matches(label, value)
  if label.kind == "is" then return value == label.value end
  if label.kind == "set" then return has_bit(value, label.mask) end
  if label.kind == "clear" then return not has_bit(value, label.mask) end
  return true
end

local function choose(cases, value)
  for _, each in ipairs(cases) do
    for _, label in ipairs(each.labels) do
      if matches(label, value) then return each.member end
    end
  end
end

function readers.switch(context, layout, field, pos, limit, tree, scope)
  local part = choose(layout.cases, lookup(scope, layout.path))
  local item = add(context.work, tree, field, context.tvb(context.base + pos, 0))
  local stop, values = pos, {}
  if part then
    local depth = #context.path + 1
    context.path[depth] = part.name
    stop, values[part.name] = read_member(context, part, pos, limit, item, scope)
    context.path[depth] = nil
  end
  if layout.pad then
    take(context, pos, layout.pad, limit)
    stop = pos + layout.pad
  end
  if item then
    item:set_len(stop - pos)
    item:append_text(part and ": " .. part.name or ": nothing")
  end
  return stop, values, item
end

-- One message -----------------------------------------------------------------

-- Shows the size bytes from at on as a message. Returns its values, or nil where it is malformed.
local function show_body(tvb, at, size, what, tree, work, cut)
  local item = add(work, tree, what.field, tvb(at, size))
  local context = new_context(tvb, at, size, work, cut)
  local ok, result, values = pcall(read_members, context, what.members, 0, size, item)
  if not ok then
    report(item or tree or work.root, result, work)
    return nil, item
  end
  if context.reached < size and item then
    local left = size - context.reached
    local trailing = add(work, item, fields.trailing, tvb(at + context.reached, left))
    if trailing then
      trailing:add_proto_expert_info(experts.trailing, amount(left) .. " after the last member")
    end
  end
  return values, item
end

show_view = function(context, how, where, item, scope)
  local number = lookup(scope, how.path)
  local own = context.work.side
  local what = find_message(how.family, own, number)
    or find_message(how.family, own == "server" and "client" or "server", number)
  if what then
    local at = context.base + where.at
    show_body(context.tvb, at, where.count, what, item, context.work, context.cut)
  end
end

-- Reads a message at pos without showing it: where it ends and its values, or nil and the bytes
-- that are missing, or nothing where more bytes would not help.
local function measure(what, tvb, pos, size)
  local context = new_context(tvb, pos, size, new_work("server"))
  local ok, stop, values = pcall(read_members, context, what.members, 0, size, nil)
  if ok then return stop, values end
  if type(stop) ~= "table" then error(stop, 0) end
  return nil, stop.missing
end
"""
