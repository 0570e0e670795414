"""Lua of the dissector: messages, the messages inside them, and the multiplexer inside those."""

from __future__ import annotations

from typing import Final

MESSAGES: Final = r"""
-- ---------------------------------------------------------------------------
-- Messages, the messages inside them, and the multiplexer inside those

local function label(connection)
  local name = connection.channel and connection.channel.name
    or "channel " .. tostring(connection.number)
  return (connection.id or 0) > 0 and name .. " " .. connection.id or name
end

local ARROW = { client = "→", server = "←" }

-- The multiplexer: frames in a row, cut into messages anywhere. What has come of a frame is kept
-- until its end arrives. "pending" says how much of one stood before the bytes at hand, so that a
-- later pass sees the same: have bytes in the first count of parts, of at least want.

local function note(tree, work, range, what)
  local item = add(work, tree, fields["mux.part"], range)
  if item then item:set_text(what) end
end

local function show_frame(tvb, pos, size, work, tree)
  local values, item = show_body(tvb, pos, size, mux, tree, work)
  if not item or not values then return end
  local data = values.data
  item:append_text(": connection " .. whole(values.client_id))
  if data.count == 0 then
    item:append_text(" ends")
  else
    item:append_text(", " .. amount(data.count))
    local first = tvb:raw(pos + data.at, math.min(data.count, 80)):match("^[%g ]+")
    if first and #first > 3 then item:append_text(": " .. first) end
  end
end

-- Goes on with the pending frame. Returns the bytes it took, or nil and what is pending then.
local function continue_frame(tvb, pos, size, pending, work, tree)
  local before = " after " .. whole(pending.have)
  local have = pending.have + size
  local parts, count, want = pending.parts, pending.count + 1, pending.want
  if have >= want then
    local joined = table.concat(parts, "", 1, pending.count) .. tvb:raw(pos, size)
    local buffer = ByteArray.new(joined, true):tvb("WebDAV frame")
    local length, missing = measure(mux, buffer, 0, have)
    if length then
      local taken = length - pending.have
      note(tree, work, tvb(pos, taken), "Frame ends: " .. amount(taken) .. before)
      show_frame(buffer, 0, length, work, tree)
      return taken
    end
    parts, count, want = { joined }, 1, have + (missing or 1)
  else
    parts[count] = tvb:raw(pos, size)
  end
  note(tree, work, tvb(pos, size), "Frame goes on: " .. amount(size) .. before)
  return nil, { parts = parts, count = count, have = have, want = want }
end

-- Shows the frames in size bytes at pos. Returns what is pending afterwards.
local function show_frames(tvb, pos, size, pending, work, tree)
  local stop = pos + size
  if pending.have > 0 then
    local taken, still = continue_frame(tvb, pos, size, pending, work, tree)
    if not taken then return still end
    pos = pos + taken
  end
  while pos < stop do
    local left = stop - pos
    local length, missing = measure(mux, tvb, pos, left)
    if not length then
      note(tree, work, tvb(pos, left), "Frame begins: " .. amount(left))
      local want = left + (missing or 1)
      return { parts = { tvb:raw(pos, left) }, count = 1, have = left, want = want }
    end
    show_frame(tvb, pos, length, work, tree)
    pos = pos + length
  end
  return { have = 0 }
end

-- Follows the multiplexer through one message of its channel.
local function follow_mux(env, what, tvb, at, values, item)
  local connection, record = env.connection, env.record
  local first_time = not record.done
  local name = what.name
  if first_time and (name == "init" or name == "event") and env.side == "server" then
    -- The port was opened or closed: the stream starts anew.
    connection.client.mux, connection.server.mux = { have = 0 }, { have = 0 }
  elseif first_time and name == "compressed_data" then
    connection[env.side].mux = { lost = true }
  elseif name == "data" and values.data.count > 0 then
    record.mux = record.mux or {}
    env.mux_messages = env.mux_messages + 1
    local pending = record.mux[env.mux_messages]
    if not pending then
      pending = connection[env.side].mux
      record.mux[env.mux_messages] = pending
    end
    local place, size = at + values.data.at, values.data.count
    if pending.lost then
      note(item, env.work, tvb(place, size),
        "Frames are not looked for: bytes before are missing or compressed")
      return
    end
    local left = show_frames(tvb, place, size, pending, env.work, item)
    if first_time then connection[env.side].mux = left end
  end
end

local show_sub_messages

-- Shows size bytes at at as the message of a number. Returns what to call it.
local function show_message(env, tvb, at, size, number, tree, depth)
  local what = known_message(env.connection, env.side, number)
  if not what then
    local item = add(env.work, tree, fields.unknown_message, tvb(at, size))
    local name = "message " .. whole(number)
    if item then
      local known = env.connection.channel and label(env.connection)
        or "an unknown channel, number " .. tostring(env.connection.number)
      item:add_proto_expert_info(experts.unknown,
        name .. " from the " .. env.side .. " on " .. known .. " is not in the description")
    end
    return name
  end
  local values, item = show_body(tvb, at, size, what, tree, env.work, env.cut)
  local name = what.name
  if values and what.sub_messages and link[env.side].sub_message_list then
    local inner = show_sub_messages(env, tvb, at, size, 0, item, depth, "no_list")
    if inner ~= "" then name = name .. " (" .. inner .. ")" end
  end
  if mux and env.connection.channel.carries_mux then
    if values and not env.cut then
      follow_mux(env, what, tvb, at, values, item)
    elseif not env.record.done and name == "data" then
      env.connection[env.side].mux = { lost = true }
    end
  end
  return name
end

local function check_place(context, what, offset)
  if offset >= context.size then
    give_up(context, what .. " at " .. whole(offset) .. ", but the message has "
      .. amount(context.size))
  end
end

local function show_sub_message(env, tvb, at, size, offset, tree, depth)
  local what = link[env.side].sub_message
  local context = new_context(tvb, at, size, env.work, env.cut)
  check_place(context, "a sub-message", offset)
  local item = add(env.work, tree, what.field, tvb(at + offset, size - offset))
  local stop, values = read_members(context, what.members, offset, size, item)
  if item then item:set_len(stop - offset) end
  local where = values.data
  return show_message(env, tvb, at + where.at, where.count, values.type, item, depth + 1)
end

-- Shows the messages of the list at an offset of a message. Returns what to call them. A problem of
-- the list itself goes to an expert: the body of a message called list may be anything.
show_sub_messages = function(env, tvb, at, size, offset, tree, depth, expert_name)
  local work = env.work
  local names = {}
  local function complain(problem)
    if type(problem) == "table" and problem.expert == "malformed" then
      problem.expert = expert_name
    end
    report(tree or work.root, problem, work)
  end
  local ok, problem = pcall(function()
    local what = link[env.side].sub_message_list
    local context = new_context(tvb, at, size, work, env.cut)
    if depth >= SUB_MESSAGE_DEPTH then
      give_up(context, "more than " .. SUB_MESSAGE_DEPTH .. " messages inside each other", "limit")
    end
    check_place(context, "a list of sub-messages", offset)
    local item = add(work, tree, what.field, tvb(at + offset, size - offset))
    local stop, values = read_members(context, what.members, offset, size, item)
    if item then item:set_len(stop - offset) end
    local list = values.sub_messages
    for index = 0, math.min(list.count, ARRAY_LIMIT) - 1 do
      if work.steps > STEP_LIMIT then return end
      local place = tvb(at + list.at + index * list.each, list.each):le_uint()
      local fine, name = pcall(show_sub_message, env, tvb, at, size, place, item, depth)
      if not fine then
        complain(name)
      elseif index < 8 then
        names[#names + 1] = name
      elseif index == 8 then
        names[#names + 1] = "…"
      end
    end
  end)
  if not ok then complain(problem) end
  return table.concat(names, ", ")
end

local function generated(tree, field, range, value)
  tree:add(field, range, value):set_generated()
end

-- Shows the header at pos and its message. Returns the bytes used, or nil and how many are missing
-- (nil: at least one). With cut, what is there is all there will be.
local function show_data(record, tvb, pos, tree, cut)
  local connection, side = record.connection, record.side
  local left = tvb:len() - pos
  local header = header_of(side, record.full)
  local header_size, values = measure(header, tvb, pos, left)
  if not header_size then return nil, nil end
  local size = values.size
  local known = known_message(connection, side, values.type)
  if too_large(size) or size > SUSPICIOUS and not known then
    local item = tree:add(caraway, tvb(pos, left), "SPICE (caraway), out of step")
    show_body(tvb, pos, header_size, header, item, new_work(side, item))
    item:add_proto_expert_info(experts.cut, "no message " .. whole(values.type) .. " has "
      .. whole(size) .. " bytes: bytes are missing before, or the preferences allow less")
    connection[side].lost = not record.done or connection[side].lost
    return left, nil, "out of step"
  end
  local total = header_size + size
  if total > left and not cut then return nil, total - left end
  local here = math.min(total, left)
  local item = tree:add(caraway, tvb(pos, here))
  local work = new_work(side, item)
  local env = {
    connection = connection, side = side, record = record, work = work,
    cut = total > left, mux_messages = 0,
  }
  if connection.number then
    generated(item, fields.channel, tvb(pos, 0), connection.number)
  end
  if connection.id then
    generated(item, fields.channel_id, tvb(pos, 0), connection.id)
  end
  generated(item, fields.sender, tvb(pos, 0), side)
  generated(item, fields.number, tvb(pos, 0), values.type)
  if known then generated(item, fields.message, tvb(pos, 0), known.name) end
  if not values.serial then
    generated(item, fields.serial, tvb(pos, 0), UInt64.new(record.serial))
  end
  show_body(tvb, pos, header_size, header, item, work)
  local inner = ""
  if (values.sub_list or 0) > 0 and link[side].sub_message_list then
    local at = pos + header_size
    inner = show_sub_messages(env, tvb, at, here - header_size, values.sub_list, item, 0,
      "malformed")
  end
  local at = pos + header_size
  local name = show_message(env, tvb, at, here - header_size, values.type, item, 0)
  if inner ~= "" then name = name .. " (" .. inner .. ")" end
  if env.cut then
    item:add_proto_expert_info(experts.cut, "only " .. whole(here) .. " of " .. whole(total)
      .. " bytes are here: packets were cut short, or TCP reassembly is off")
  end
  if work.full then
    item:add_proto_expert_info(experts.limit, "only " .. ITEM_LIMIT .. " lines of it are shown")
  end
  local name_shown = label(connection) .. " " .. ARROW[side] .. " " .. name
  item:set_text("SPICE (caraway), " .. name_shown)
  if not record.done then
    local state = connection[side]
    state.serial = values.serial or record.serial
    state.skip = math.max(0, total - (tvb:reported_len() - pos))
  end
  return here, nil, name_shown
end
"""
