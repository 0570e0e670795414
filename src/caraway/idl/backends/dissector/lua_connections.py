"""Lua of the dissector: what each connection has told so far, and what comes next on it.

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
local LINK_PART_LIMIT = 0x200000 -- bytes of anything else there; SASL data has up to 1 MiB
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

local function new_side(stage)
  return { stage = stage, serial = 0, skip = 0, mux = { have = 0 } }
end

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
