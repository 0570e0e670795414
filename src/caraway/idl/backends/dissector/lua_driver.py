"""Lua of the dissector: the link stage, and what Wireshark calls."""

from __future__ import annotations

from typing import Final

DRIVER: Final = r"""
-- ---------------------------------------------------------------------------
-- What Wireshark calls

-- Names of the capabilities that a link message announces.
local function show_capabilities(tvb, pos, where, names, tree)
  for index, word in ipairs(words(tvb, pos, where)) do
    for bit = 0, 31 do
      if has_bit(word, 2 ^ bit) then
        local number = (index - 1) * 32 + bit
        local name = names and names[number] or "bit " .. number
        local range = tvb(pos + where.at + 4 * (index - 1), 4)
        tree:add(fields.capability, range, name):set_generated()
      end
    end
  end
end

-- Shows a part of the link stage; returns as show_data does.
local function show_link(record, tvb, pos, tree)
  local connection, side, part = record.connection, record.side, record.part
  local what = link[side][part]
  local size
  if part == "mess" or part == "reply" then
    size = record.size
    if tvb:len() - pos < size then return nil, size - (tvb:len() - pos) end
  else
    local stop, missing = measure(what, tvb, pos, tvb:len() - pos)
    if stop then
      size = stop
    elseif missing and missing <= LINK_PART_LIMIT then
      return nil, nil -- More may be missing once the next member is there.
    else
      size = tvb:len() - pos -- Nobody sends that much here: it will be shown as malformed.
    end
  end
  local item = tree:add(caraway, tvb(pos, size))
  item:set_text("SPICE (caraway), link " .. ARROW[side] .. " " .. part)
  generated(item, fields.sender, tvb(pos, 0), side)
  generated(item, fields.message, tvb(pos, 0), part)
  local values, line = show_body(tvb, pos, size, what, item, new_work(side, item))
  if values and (part == "mess" or part == "reply") then
    if not record.done then record.number = connection.number end
    local number = part == "mess" and values.channel_type or record.number
    show_capabilities(tvb, pos, values.common_caps, common_capabilities, line)
    show_capabilities(tvb, pos, values.channel_caps, channel_capabilities[number], line)
    if part == "mess" and not channels[number] then
      item:add_proto_expert_info(experts.unknown, "channel " .. number .. " is not known")
    end
  end
  if part == "header" and values and (values.size == 0 or values.size > LINK_LIMIT) then
    item:add_proto_expert_info(experts.malformed, "a link message of " .. amount(values.size)
      .. ", at least 1 and at most " .. LINK_LIMIT .. " are possible")
    values = nil
  end
  if not record.done then
    if values then
      after[side][part](connection, values, tvb, pos)
    else
      close(connection, side, "after a malformed link message")
    end
  end
  return size, nil, "link " .. ARROW[side] .. " " .. part
end

local function show_bytes(record, tvb, pos, tree)
  local size = tvb:len() - pos
  if record.part == "skip" then
    size = math.min(size, record.size)
    if not record.done then
      local state = record.connection[record.side]
      state.skip = math.max(0, record.size - (tvb:reported_len() - pos))
    end
  end
  local item = tree:add(caraway, tvb(pos, size))
  item:set_text("SPICE (caraway), " .. amount(size) .. ": " .. (record.reason or "not known"))
  item:add(fields.bytes, tvb(pos, size))
  return size, nil, amount(size)
end

local function show_part(record, tvb, pos, tree, cut)
  if record.part == "message" then return show_data(record, tvb, pos, tree, cut) end
  if record.part == "bytes" or record.part == "skip" then
    return show_bytes(record, tvb, pos, tree)
  end
  if not record.part then return nil, nil end
  return show_link(record, tvb, pos, tree)
end

-- What follows a part of the link stage that can be done without: its size is known.
local function go_on_after_cut(record, reported)
  local state = record.connection[record.side]
  local size
  if record.part == "reply" then
    size, state.stage = record.size, "auth"
  elseif record.part == "ticket" then
    size, state.stage = link.ticket_size, "messages"
  else
    state.lost = true
    return
  end
  state.skip = math.max(0, size - reported)
end

-- Shows the bytes from pos on, of which there will be no more, though their end is missing.
local function show_cut(record, tvb, pos, tree)
  local used, _, name = show_part(record, tvb, pos, tree, true)
  if used then return used, nil, name end
  local left = tvb:len() - pos
  local item = tree:add(caraway, tvb(pos, left))
  item:set_text("SPICE (caraway), " .. whole(left) .. " bytes of an incomplete part")
  item:add(fields.bytes, tvb(pos, left))
  item:add_proto_expert_info(experts.cut,
    "the rest is missing: packets were cut short, or TCP reassembly is off")
  if record.connection and not record.done then
    go_on_after_cut(record, tvb:reported_len() - pos)
  end
  return left, nil, amount(left)
end

-- A place that is the same in every pass over a frame: where the buffer begins in the packet (0 for
-- one that was put together of several), and where in the buffer. Its length may change.
local function place_of(tvb, pos) return tvb:offset() .. "/" .. pos end

-- Names for the Info column: repeated ones are counted, many are left out.
local function shorten(names)
  local shown, count = {}, 0
  for index, name in ipairs(names) do
    count = count + 1
    if names[index + 1] ~= name then
      if #shown == 8 then
        shown[9] = "…"
        break
      end
      -- The channel is told once.
      local before = names[index - count]
      local head = name:match("^.-[→←] ")
      local same = head and before and before:sub(1, #head) == head
      local text_shown = same and name:sub(#head + 1) or name
      shown[#shown + 1] = count > 1 and text_shown .. " ×" .. count or text_shown
      count = 0
    end
  end
  return table.concat(shown, ", ")
end

local function dissect(tvb, pinfo, tree)
  local seen = frames[pinfo.number]
  if not seen then
    seen = {}
    frames[pinfo.number] = seen
  end
  local names = {}
  local pos, length = 0, tvb:len()
  while pos < length do
    local place = place_of(tvb, pos)
    local record = seen[place]
    if pinfo.visited then
      record = record or { part = "bytes", reason = "not met in the first pass" }
    elseif not record or not record.done then
      record = begin(pinfo, tvb, pos)
      seen[place] = record
    end
    local used, missing, name = show_part(record, tvb, pos, tree)
    if not used then
      if pinfo.can_desegment > 0 then
        pinfo.desegment_offset = pos
        pinfo.desegment_len = missing or DESEGMENT_ONE_MORE_SEGMENT
        break
      end
      used, missing, name = show_cut(record, tvb, pos, tree)
    end
    assert(used > 0, "a part without bytes")
    record.done = true
    names[#names + 1] = name
    pos = pos + used
  end
  if #names > 0 then
    pinfo.cols.protocol = "SPICE"
    -- What earlier calls for this frame have written stands before a fence.
    pinfo.cols.info:clear()
    local before = tostring(pinfo.cols.info)
    local more = before ~= "" and before ~= "(info)"
    pinfo.cols.info:append((more and ", " or "") .. shorten(names))
    pinfo.cols.info:fence()
  end
end

function caraway.dissector(tvb, pinfo, tree)
  if tvb:len() == 0 then return 0 end
  local ok, problem = pcall(dissect, tvb, pinfo, tree)
  if not ok then report(tree:add(caraway, tvb()), problem) end
  return tvb:len()
end

function caraway.init()
  connections = {}
  frames = {}
end

local tcp_ports = DissectorTable.get("tcp.port")
local ports = ""

function caraway.prefs_changed()
  if caraway.prefs.ports == ports then return end
  if ports ~= "" then tcp_ports:remove(ports, caraway) end
  ports = caraway.prefs.ports
  if ports ~= "" then tcp_ports:add(ports, caraway) end
end

caraway.fields = field_list
caraway.experts = experts
tcp_ports:add_for_decode_as(caraway)

if link.client.header then
  caraway:register_heuristic("tcp", function(tvb, pinfo, tree)
    if not has_magic(tvb, 0) then return false end
    pinfo.conversation = caraway
    caraway.dissector(tvb, pinfo, tree)
    return true
  end)
end
"""
