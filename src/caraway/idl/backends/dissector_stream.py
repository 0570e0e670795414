"""Lua of the Wireshark dissector that follows a connection: link stage, messages, multiplexer.

Wireshark calls a dissector once for each packet in the order of arrival, then
again for any packet in any order. What a byte means depends on all that came
before, so the first pass keeps a *record* of each part of the stream (a link
message, or a header with its message) by frame and place, and later passes
only look it up.
"""

from __future__ import annotations

from typing import Final

CONNECTIONS: Final = r"""
-- ---------------------------------------------------------------------------
-- Connections: what has been learnt of each, in the order of the capture

local MAGIC = "REDQ"
local LINK_LIMIT = 65536 -- bytes of a link message; servers refuse more than 4096
local SUSPICIOUS = 0x100000 -- no message of an unknown number is that long
local SUB_MESSAGE_DEPTH = 4 -- sub-messages inside each other

local connections = {} -- the newest connection between two ends, by their addresses
local frames = {} -- records by frame number, then by place

local channel_choices = { { 1, "none", 0 } }
for number = 1, 255 do
  if channels[number] then
    channel_choices[#channel_choices + 1] = { number + 1, channel_names[number], number }
  end
end

caraway.prefs.ports = Pref.range("TCP ports", "",
  "Ports of SPICE servers. Connections on other ports are found by their first four bytes, unless "
  .. "another protocol claims the port (VNC does for 5900 and 5901).", 65535)
caraway.prefs.channel = Pref.enum("Channel without a link stage", 0,
  "Channel of connections whose beginning is not in the capture", channel_choices, false)
caraway.prefs.full_header = Pref.bool("Full headers without a link stage", false,
  "Whether messages of such connections have headers of 18 bytes instead of 6")
caraway.prefs.max_message = Pref.uint("Largest message (MiB)", 64,
  "A header that announces more is taken for a sign that bytes are missing")

local function new_side(stage) return { stage = stage, serial = 0, skip = 0, mux = { have = 0 } } end

local function new_connection(client_end, stage)
  return {
    client_end = client_end, capabilities = {},
    client = new_side(stage), server = new_side(stage),
  }
end

-- Whether both sides have a common capability. A side that was not captured is taken to have it.
local function both(connection, bit)
  local function has(side)
    local words = connection.capabilities[side]
    if not words then return true end
    local word = words.common[math.floor(bit / 32) + 1]
    return word ~= nil and has_bit(word, 2 ^ (bit % 32))
  end
  return has("client") and has("server")
end

local function words(tvb, base, where)
  local found = {}
  for index = 1, math.min(where.count, 1024) do
    found[index] = tvb(base + where.at + 4 * (index - 1), 4):le_uint()
  end
  return found
end

local function has_magic(tvb, pos)
  return tvb:len() - pos >= 4 and tvb:raw(pos, 4) == MAGIC
end

-- How a connection goes on after each part of the link stage. values are those of the part.
local function close(connection, side, reason)
  connection[side].stage = "closed"
  connection[side].reason = reason
end

local after = { client = {}, server = {} }

function after.client.header(connection, values)
  connection.client.size = values.size
  connection.client.stage = "mess"
end

function after.server.header(connection, values)
  connection.server.size = values.size
  connection.server.stage = "reply"
end

function after.client.mess(connection, values, tvb, pos)
  connection.number = values.channel_type
  connection.id = values.channel_id
  connection.channel = channels[values.channel_type]
  connection.capabilities.client = { common = words(tvb, pos, values.common_caps) }
  connection.client.stage = "auth"
end

function after.server.reply(connection, values, tvb, pos)
  connection.capabilities.server = { common = words(tvb, pos, values.common_caps) }
  if values.error == 0 then
    connection.server.stage = "auth"
  else
    close(connection, "server", "the server has refused the link")
  end
end

function after.client.auth_mechanism(connection, values)
  connection.mechanism = values.auth_mechanism
  if values.auth_mechanism == AUTH_SPICE then
    connection.client.stage = "ticket"
  elseif values.auth_mechanism == AUTH_SASL then
    connection.client.stage = "sasl_mechname"
  else
    close(connection, "client", "the authentication mechanism is not known")
  end
end

function after.client.ticket(connection) connection.client.stage = "messages" end
function after.client.sasl_mechname(connection) connection.client.stage = "sasl_start" end
function after.client.sasl_start(connection) connection.client.stage = "sasl" end
function after.client.sasl_step() end

function after.server.sasl_mechlist(connection) connection.server.stage = "sasl_start" end

function after.server.sasl_start(connection, values)
  connection.server.stage = "sasl"
  connection.server.complete = values.complete ~= 0
end

function after.server.sasl_step(connection, values)
  connection.server.complete = values.complete ~= 0
end

function after.server.auth_result(connection, values)
  if values.error == 0 then
    connection.server.stage = "messages"
  else
    close(connection, "server", "the server has refused the authentication")
  end
end

function after.server.sasl_rejected(connection)
  close(connection, "server", "the server has refused the authentication")
end

-- Which part begins at pos: the name of a link message, "message", or "bytes" for what cannot be
-- told apart. The first is nil where too few bytes are there to say.
local function link_part(connection, side, tvb, pos)
  local state = connection[side]
  local stage = state.stage
  if stage == "auth" and side == "client" then
    return both(connection, AUTH_SELECTION) and "auth_mechanism" or "ticket"
  elseif stage == "auth" then
    -- A mechanism that is not allowed is answered with a second header and reply.
    if has_magic(tvb, pos) then return "header" end
    return connection.mechanism == AUTH_SASL and "sasl_mechlist" or "auth_result"
  elseif stage == "sasl" and side == "client" then
    if not connection.server.complete then return "sasl_step" end
    state.stage = "messages"
    return "message"
  elseif stage == "sasl" then
    if not state.complete then return "sasl_step" end
    if tvb:len() - pos < 4 then return nil end
    return tvb(pos, 4):le_uint() == 0 and "auth_result" or "sasl_rejected"
  elseif stage == "messages" then
    if connection.mechanism == AUTH_SASL and tvb:raw(pos, 2) == "\0\0" then
      close(connection, side, "protected by the security layer of SASL")
      return "bytes"
    end
    return "message"
  elseif stage == "closed" then
    return "bytes"
  end
  return stage
end

local function header_of(side, full)
  return link[side][full and "data_header" or "mini_data_header"]
end

local function messages_have_full_headers(connection)
  if connection.full ~= nil then return connection.full end
  return not both(connection, MINI_HEADER)
end

local function too_large(size) return size > caraway.prefs.max_message * 0x100000 end

local function known_message(connection, side, number)
  return connection.channel and find_message(connection.channel.family, side, number)
end

-- Whether a message may well begin at pos, after bytes were lost.
local function looks_right(connection, side, tvb, pos)
  local header = header_of(side, messages_have_full_headers(connection))
  local stop, values = measure(header, tvb, pos, tvb:len() - pos)
  return stop and known_message(connection, side, values.type) and values.size < SUSPICIOUS * 16
    and connection[side].stage == "messages" and (values.sub_list or 0) <= values.size
end

-- The connection of a packet and its sending side; without a side if that cannot be told yet, and
-- nil where it is not known what this is.
local function find_connection(pinfo, tvb, pos)
  local from = tostring(pinfo.src) .. ":" .. pinfo.src_port
  local to = tostring(pinfo.dst) .. ":" .. pinfo.dst_port
  local key = from < to and from .. " " .. to or to .. " " .. from
  local connection = connections[key]
  if connection then
    local side = connection.client_end == from and "client" or "server"
    local stage = connection[side].stage
    local expected = stage == "header" or stage == "auth" and side == "server"
    -- Another magic: the ends have closed the connection and opened a new one.
    if expected or not (link.client.header and has_magic(tvb, pos)) then
      return connection, side
    end
  end
  local left = tvb:len() - pos
  if link.client.header and tvb:raw(pos, math.min(left, 4)) == MAGIC:sub(1, left) then
    local stop, values = measure(link.client.header, tvb, pos, left)
    if not stop then return {} end
    -- The server's reply has a key, so it is longer than any client's message.
    local from_server = values.size >= link.reply_least
    connections[key] = new_connection(from_server and to or from, "header")
    return connections[key], from_server and "server" or "client"
  end
  local number = caraway.prefs.channel
  if number == 0 or not channels[number] then return nil end
  local client_first = pinfo.src_port > pinfo.dst_port
  connection = new_connection(client_first and from or to, "messages")
  connection.number, connection.channel = number, channels[number]
  connection.full = caraway.prefs.full_header
  connection.client.lost, connection.server.lost = true, true
  connections[key] = connection
  return connection, client_first and "client" or "server"
end

local NOT_CAPTURED = "the beginning of this connection is not in the capture; "
  .. "the preferences can name its channel"

-- A record of the part that begins at pos; its part is nil if more bytes are needed to tell.
local function begin(pinfo, tvb, pos)
  local connection, side = find_connection(pinfo, tvb, pos)
  if not connection then
    return { part = "bytes", reason = NOT_CAPTURED }
  elseif not side then
    return {}
  end
  local state = connection[side]
  local record = { connection = connection, side = side }
  if state.skip > 0 then
    record.part, record.size, record.reason = "skip", state.skip, "rest of the message before"
  elseif state.lost and not (pos == 0 and looks_right(connection, side, tvb, pos)) then
    record.part, record.reason = "bytes", "bytes are missing before: waiting for a message"
  else
    state.lost = false
    record.part = link_part(connection, side, tvb, pos)
    record.reason = state.reason
    record.size = state.size
    if record.part == "message" then
      record.serial = state.serial + 1
      record.full = messages_have_full_headers(connection)
    end
  end
  return record
end
"""

MESSAGES: Final = r"""
-- ---------------------------------------------------------------------------
-- Messages, the messages inside them, and the multiplexer inside those

local function label(connection)
  local name = connection.channel and connection.channel.name
    or "channel " .. tostring(connection.number)
  return (connection.id or 0) > 0 and name .. " " .. connection.id or name
end

local ARROW = { client = "→", server = "←" }

-- Frames of the multiplexer. What is left over of a frame is kept until its end arrives; pending
-- says how much of it stood before the bytes at hand, so that a later pass sees the same.
local function show_frame(tvb, pos, size, work, tree)
  local values, item = show_body(tvb, pos, size, mux, tree, work)
  if not item or not values then return end
  local id, data = whole(values.client_id), values.data
  item:append_text(": connection " .. id)
  if data.count == 0 then
    item:append_text(" ends")
  else
    item:append_text(", " .. amount(data.count))
    local first = tvb:raw(pos + data.at, math.min(data.count, 80)):match("^[%g ]+")
    if first and #first > 3 then item:append_text(": " .. first) end
  end
end

local function bytes_of(text_of_bytes, title)
  return ByteArray.new(text_of_bytes, true):tvb(title)
end

local function note(tree, work, field, range, words_shown)
  local item = add(work, tree, field, range)
  if item then item:set_text(words_shown) end
end

-- Shows the frames in size bytes at pos. Before them, the frame in pending has begun. Returns what
-- is pending afterwards.
local function show_frames(tvb, pos, size, pending, work, tree)
  local stop = pos + size
  if pending.have > 0 then
    local joined = pending.have + size
    if joined < pending.want then
      note(tree, work, fields["mux.part"], tvb(pos, size), "Frame goes on: "
        .. amount(size) .. " after " .. whole(pending.have))
      local parts = pending.parts
      parts[pending.count + 1] = tvb:raw(pos, size)
      return { parts = parts, count = pending.count + 1, have = joined, want = pending.want }
    end
    local before = table.concat(pending.parts, "", 1, pending.count)
    local whole_frame = before .. tvb:raw(pos, size)
    local buffer = bytes_of(whole_frame, "WebDAV frame")
    local length, missing = measure(mux, buffer, 0, joined)
    if not length then
      note(tree, work, fields["mux.part"], tvb(pos, size), "Frame goes on: "
        .. amount(size) .. " after " .. whole(pending.have))
      return { parts = { whole_frame }, count = 1, have = joined, want = joined + (missing or 1) }
    end
    note(tree, work, fields["mux.part"], tvb(pos, length - pending.have), "Frame ends: "
      .. whole(length - pending.have) .. " bytes after " .. whole(pending.have))
    show_frame(buffer, 0, length, work, tree)
    pos = pos + length - pending.have
  end
  while pos < stop do
    local length, missing = measure(mux, tvb, pos, stop - pos)
    if not length then
      local left = stop - pos
      note(tree, work, fields["mux.part"], tvb(pos, left), "Frame begins: "
        .. whole(left) .. " bytes, the next message goes on")
      return { parts = { tvb:raw(pos, left) }, count = 1, have = left, want = left + (missing or 1) }
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
    local range = tvb(at + values.data.at, values.data.count)
    if pending.lost then
      note(item, env.work, fields["mux.part"], range,
        "Frames are not looked for: bytes before are missing or compressed")
      return
    end
    local place, size = at + values.data.at, values.data.count
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

local function show_sub_message(env, tvb, at, size, offset, tree, depth)
  local what = link[env.side].sub_message
  local context = new_context(tvb, at, size, env.work, env.cut)
  if offset >= size then
    give_up(context, "a sub-message at " .. whole(offset) .. ", but the message has " .. amount(size))
  end
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
    elseif offset >= size then
      give_up(context, "a list of sub-messages at " .. whole(offset) .. ", but the message has "
        .. amount(size))
    end
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
    show_body(tvb, pos, header_size, header, item, new_work())
    item:add_proto_expert_info(experts.cut, "no message has number " .. whole(values.type)
      .. " and " .. whole(size) .. " bytes: bytes are missing before, or the preferences allow less")
    connection[side].lost = not record.done or connection[side].lost
    return left, nil, "out of step"
  end
  local total = header_size + size
  if total > left and not cut then return nil, total - left end
  local here = math.min(total, left)
  local item = tree:add(caraway, tvb(pos, here))
  local work = new_work()
  work.root = item
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
  if not values.serial then generated(item, fields.serial, tvb(pos, 0), UInt64.new(record.serial)) end
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
    local stop, missing, problem = measure(what, tvb, pos, tvb:len() - pos)
    if problem then error(problem, 0) end
    if not stop and missing > 0x200000 then
      size = tvb:len() - pos -- Nobody sends that much here: what is shown will be malformed.
    elseif not stop then
      return nil, nil -- More may be missing once the next member is there.
    else
      size = stop
    end
  end
  local work = new_work()
  local item = tree:add(caraway, tvb(pos, size))
  work.root = item
  item:set_text("SPICE (caraway), link " .. ARROW[side] .. " " .. part)
  generated(item, fields.sender, tvb(pos, 0), side)
  generated(item, fields.message, tvb(pos, 0), part)
  local values, line = show_body(tvb, pos, size, what, item, work)
  if values and (part == "mess" or part == "reply") then
    local number = part == "mess" and values.channel_type or connection.number
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
  item:set_text("SPICE (caraway), " .. whole(size) .. " bytes: " .. (record.reason or "not known"))
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
