"""Lua of the dissector: fields, and the words that a description is written down with.

It comes first in the file, before what is made from the descriptions, as in
``define_struct("Point", { member("Point.x", i32) })``.

All of the Lua runs on versions 5.2 to 5.4, as different releases of Wireshark
bring them: no bit operators, no ``//``, no integer formats for 64 bits.
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
  for _, each in ipairs(bits) do
    each.field = declare(name .. "." .. each.name, ProtoField.bool, each.name, bytes * 8, nil,
      each.mask, each.doc)
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
"""
