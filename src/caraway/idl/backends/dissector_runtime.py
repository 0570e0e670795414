"""Lua of the Wireshark dissector that is the same for every protocol: fields and layouts.

:data:`FIELDS` comes first in the file: what a description is written down
with, as in ``struct("Point", { member("Point.x", i32) })``. :data:`LAYOUTS`
comes after it: it reads bytes by what was written down and shows them. Both
run on Lua 5.2 to 5.4, so they use neither bit operators nor ``//``.
"""

from __future__ import annotations

from typing import Final

FIELDS: Final = r"""
local caraway = Proto("caraway_spice", "SPICE (caraway)")

-- ---------------------------------------------------------------------------
-- Fields, and the words the description below is written in

local fields = {} -- by name, without "caraway_spice." in front
local field_list = {} -- the same in the order of their declaration

local function declare(name, make, ...)
  local field = fields[name]
  if not field then
    field = make("caraway_spice." .. name, ...)
    fields[name] = field
    field_list[#field_list + 1] = field
  end
  return field
end

local function integer(bytes, signed)
  local make = ProtoField[(signed and "int" or "uint") .. bytes * 8]
  return { kind = "integer", bytes = bytes, signed = signed, make = make }
end

local i8, i16, i32, i64 = integer(1, true), integer(2, true), integer(4, true), integer(8, true)
local u8, u16, u32, u64 = integer(1), integer(2), integer(4), integer(8)
local fd = { kind = "fd" }

local enums, flag_sets, structs = {}, {}, {}

local function enum(name) return enums[name] end
local function flags(name) return flag_sets[name] end

local function struct(name)
  if not structs[name] then structs[name] = { kind = "struct" } end
  return structs[name]
end

local function define_enum(name, bytes, names)
  enums[name] = { kind = "enum", bytes = bytes, make = integer(bytes).make, names = names }
end

local function define_flags(name, bytes, bits)
  for _, bit in ipairs(bits) do
    local abbreviation = name .. "." .. bit.name
    bit.field = declare(abbreviation, ProtoField.bool, bit.name, bytes * 8, nil, bit.mask, bit.doc)
  end
  flag_sets[name] = { kind = "flags", bytes = bytes, make = integer(bytes).make, bits = bits }
end

local function define_struct(name, members) struct(name).members = members end

-- Sizes of arrays.
local rest = { kind = "rest" }
local function constant(count) return { kind = "constant", count = count } end
local function count(...) return { kind = "count", path = { ... } } end
local function filling(...) return { kind = "filling", path = { ... } } end
local function image(bits, width, rows)
  return { kind = "image", bits = bits, width = width, rows = rows }
end

local function bytes(size) return { kind = "bytes", size = size } end
local function text(size) return { kind = "bytes", size = size, text = true } end
-- each: bytes of an element where all have the same size; least: the fewest it can have.
local function array(element, size, least, each)
  return { kind = "array", element = element, size = size, least = least, each = each }
end

local function pointer(target) return { kind = "pointer", target = target } end
local function nonnull(target) return { kind = "pointer", target = target, nonnull = true } end

-- Labels and cases of switches; pad: the size of every case, where they have one.
local otherwise = { kind = "otherwise" }
local function is(value) return { kind = "is", value = value } end
local function set(mask) return { kind = "set", mask = mask } end
local function clear(mask) return { kind = "clear", mask = mask } end
local function case(labels, member) return { labels = labels, member = member } end
local function switch(path, cases, pad)
  return { kind = "switch", path = path, cases = cases, pad = pad }
end

local POINTER -- how a pointer is carried

-- The field of a part, and those of what is inside it or behind it.
local function bind(abbreviation, name, layout, doc)
  local kind = layout.kind
  if kind == "array" then
    layout.item = bind(abbreviation .. ".item", "item", layout.element)
  elseif kind == "pointer" then
    layout.item = bind(abbreviation .. ".target", name, layout.target)
    return declare(abbreviation, POINTER.make, name, base.HEX, nil, nil, doc)
  elseif kind == "integer" then
    return declare(abbreviation, layout.make, name, base.DEC, nil, nil, doc)
  elseif kind == "enum" then
    return declare(abbreviation, layout.make, name, base.DEC, layout.names, nil, doc)
  elseif kind == "flags" then
    return declare(abbreviation, layout.make, name, base.HEX, nil, nil, doc)
  elseif kind == "bytes" and layout.text then
    return declare(abbreviation, ProtoField.string, name, base.UNICODE, doc)
  elseif kind == "bytes" then
    return declare(abbreviation, ProtoField.bytes, name, base.NONE, doc)
  end
  return declare(abbreviation, ProtoField.none, name, doc)
end

local function member(abbreviation, layout, doc)
  local name = abbreviation:match("[^.]+$")
  local field = bind(abbreviation, name, layout, doc)
  return { name = name, layout = layout, field = field }
end

local function reserved(part) part.reserved = true return part end
local function virtual(part, value) part.virtual = value return part end
local function view(part, family, ...)
  part.view = { family = family, path = { ... } }
  return part
end

-- Messages, in families that inherit from each other, and the channels that have them.
local families, channels, channel_names = {}, {}, {}

local function family(name, parent)
  families[name] = { parent = families[parent], server = {}, client = {} }
end

local function message(family_name, side, number, name, abbreviation, doc, members, sub_messages)
  families[family_name][side][number] = {
    name = name,
    field = declare(abbreviation, ProtoField.none, name, doc),
    members = members,
    sub_messages = sub_messages,
  }
end

local function find_message(family_name, side, number)
  local where = families[family_name]
  while where do
    if where[side][number] then return where[side][number] end
    where = where.parent
  end
end

local function channel(number, name, family_name)
  channels[number] = { number = number, name = name, family = family_name }
  channel_names[number] = name
end

-- Names of the capability bits: all channels', and those of one channel by its number.
local common_capabilities, channel_capabilities = {}, {}
-- Messages of the link stage and the headers by side and name; the frame of the multiplexer.
local link, mux
-- Bits among the common capabilities that decide how a connection goes on.
local AUTH_SELECTION, AUTH_SPICE, AUTH_SASL, MINI_HEADER
local POINTER_SIZE
"""

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

-- What the parts of one message share: how much of it has been shown, and whether it was sound.
local function new_work() return { items = 0, steps = 0 } end

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

local function read_member(context, part, pos, limit, tree, scope)
  if part.virtual then
    local item = add(context.work, tree, part.field, context.tvb(context.base + pos, 0))
    if item then
      item:set_text(part.name .. ": " .. part.virtual .. " (not on the wire)")
      item:set_generated()
    end
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
    for _, bit in ipairs(layout.bits) do
      item:add_le(bit.field, range)
      if has_bit(value, bit.mask) then names[#names + 1] = bit.name end
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
    local before, child = here, nil
    here, _, child = read(context, layout.element, layout.item, here, stop, below, scope)
    if child then child:prepend_text("[" .. index .. "] ") end
    if not wanted and here == before then give_up(context, "an element without bytes") end
    index = index + 1
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
  local what = find_message(how.family, "server", number)
    or find_message(how.family, "client", number)
  if what then
    local at = context.base + where.at
    show_body(context.tvb, at, where.count, what, item, context.work, context.cut)
  end
end

-- Reads a message at pos without showing it: where it ends and its values, or nil and the bytes
-- that are missing, or nil, nil and what is wrong.
local function measure(what, tvb, pos, size)
  local context = new_context(tvb, pos, size, new_work())
  local ok, stop, values = pcall(read_members, context, what.members, 0, size, nil)
  if ok then return stop, values end
  if type(stop) == "table" and stop.missing then return nil, stop.missing end
  return nil, nil, stop
end
"""
