-- caraway_spice: SPICE for Wireshark and tshark.
-- Made by 'caraway proto dissector' from showcase.proto; do not edit.
--
-- To install it, put this file into Wireshark's folder for Lua plugins: Help > About Wireshark >
-- Folders > Personal Lua Plugins, on Linux ~/.local/lib/wireshark/plugins, which may have to be
-- made. Or name it when starting:
--
--     wireshark -X lua_script:caraway_spice.lua
--     tshark -X lua_script:caraway_spice.lua -r capture.pcap
--
-- Connections have to be told: choose Analyze > Decode As > caraway_spice, give tshark the option
-- -d tcp.port==5900,caraway_spice, or set the preference "TCP ports" of caraway_spice. The
-- preferences also name the channel and the form of the headers.
--
-- Filters:
--
--     caraway_spice                                                   everything
--     caraway_spice.message == "layouts"                              messages of a name
--     caraway_spice.main.layouts                                      of one channel
--     caraway_spice.channel == 1 && caraway_spice.sender == "client"  of one channel and side
--     caraway_spice.malformed                                         what breaks the protocol
--
-- Names are caraway_spice.CHANNEL.MESSAGE.MEMBER with the channel that declares the message, or
-- caraway_spice.STRUCT.MEMBER; ".item" is an element of an array, ".target" what a pointer points
-- to. In the Info column "display ← draw_copy" is on its way to the client, "→" to the server.

-- … fields …

-- ---------------------------------------------------------------------------
-- The description: Showcase

POINTER = u32

define_enum("kind", 1, {
  [0] = "NONE",
  [2] = "TEXT",
  [3] = "OLD",
  [9] = "PICTURE",
})
define_flags("ability", 1, {
  { mask = 0x1, name = "FLY", doc = "with wings" },
  { mask = 0x8, name = "SWIM" },
})
define_enum("detail_kind", 1, {
  [1] = "Short",
  [2] = "Long",
})
define_enum("big", 4, {
  [4294967295] = "HUGE",
})
define_flags("last_bit", 4, {
  { mask = 0x80000000, name = "TOP", doc = "the last one" },
})
define_struct("Thing", {
  member("Thing.type", enum("kind")),
  member("Thing.name_size", u16, "bytes of \"name\""),
  member("Thing.name", nonnull(text(count("name_size"))), "see kind, and name_size"),
  member("Thing.u", switch({ "type" }, {
    case({ is(2), is(3) }, member("Thing.u.words", text(count("name_size")))),
    case({ is(9) }, member("Thing.u.picture", struct("Picture"))),
  })),
})
define_struct("Picture", {
  member("Picture.stride", u32),
  member("Picture.rows", u32),
  member("Picture.pixels", bytes(image(8, { "stride" }, { "rows" }))),
  member("Picture.mask", bytes(image(1, { "stride" }, { "rows" }))),
})
define_struct("Spot", {
  member("Spot.x", i32),
  member("Spot.y", i32),
})

family("BaseChannel")
message("BaseChannel", "server", 1, "welcome", "base.welcome", "Greets.", {
  member("base.welcome.code", u8),
})
message("BaseChannel", "server", 10, "base_last", "base.base_last", nil, {})
message("BaseChannel", "client", 1, "hello_back", "base.hello_back", "Answers welcome.", {
  member("base.hello_back.data", bytes(rest), "up to the end"),
})

family("MainChannel", "BaseChannel")
message("MainChannel", "server", 11, "things", "main.things", "A list of things.", {
  member("main.things.count", u8, "how many"),
  member("main.things.first", pointer(struct("Thing")), "the best one, or none"),
  member("main.things.spots", array(struct("Spot"), count("count"), 8, 8)),
  member("main.things.abilities", flags("ability")),
  member("main.things.how", switch({ "abilities" }, {
    case({ set(0x1) }, member("main.things.how.height", u16)),
    case({ clear(0x8) }, member("main.things.how.fear", pointer(bytes(constant(4))))),
  })),
  member("main.things.kind", enum("detail_kind")),
  view(member("main.things.detail", bytes(rest)), "DetailView", "kind"),
})
message("MainChannel", "server", 12, "layouts", "main.layouts", "The same number in two sizes.", {
  member("main.layouts.size", u32),
  member("main.layouts.spots", array(struct("Spot"), filling("size"), 8, 8)),
  member("main.layouts.type", enum("kind")),
  member("main.layouts.u", switch({ "type" }, {
    case({ is(2) }, member("main.layouts.u.words", u32)),
    case({ is(9) }, member("main.layouts.u.spot", struct("Spot"))),
    case({ otherwise }, reserved(member("main.layouts.u.nothing", u8))),
  }, 8)),
  reserved(member("main.layouts.pad", u16)),
  virtual(member("main.layouts.always", u8), 7),
  member("main.layouts.newer", u32, "came later."),
  member("main.layouts.rest", array(u16, rest, 2, 2)),
})
message("MainChannel", "server", 20, "handle", "main.handle", "A handle.", {
  member("main.handle.handle", fd),
  member("main.handle.size", enum("big")),
  member("main.handle.bits", flags("last_bit")),
})
message("MainChannel", "client", 11, "things", "main.things_client", nil, {
  member("main.things_client.thing", struct("Thing")),
})
message("MainChannel", "client", 12, "stop", "main.stop", nil, {})

family("ExtraChannel", "MainChannel")
message("ExtraChannel", "client", 30, "extra", "extra.extra", "More.", {
  member("extra.extra.data", bytes(rest), "up to the end"),
})

family("QuietChannel")

family("DetailView")
message("DetailView", "server", 1, "short", "detailview.short", nil, {})
message("DetailView", "server", 2, "long", "detailview.long", "A long one.", {
  member("detailview.long.length", u64),
})

channel(1, "main", "MainChannel")
channel(4, "extra", "ExtraChannel")
channel(5, "quiet", "QuietChannel")

-- ---------------------------------------------------------------------------
-- The description: Link


family("link.LinkChannel")
message("link.LinkChannel", "server", 1, "data_header", "link.data_header", nil, {
  member("link.data_header.serial", u64),
  member("link.data_header.type", u16),
  member("link.data_header.size", u32),
  member("link.data_header.sub_list", u32),
})
message("link.LinkChannel", "server", 2, "mini_data_header", "link.mini_data_header", nil, {
  member("link.mini_data_header.type", u16),
  member("link.mini_data_header.size", u32),
})
message("link.LinkChannel", "server", 3, "sub_message_list", "link.sub_message_list", nil, {
  member("link.sub_message_list.size", u16),
  member("link.sub_message_list.sub_messages", array(u32, count("size"), 4, 4)),
})
message("link.LinkChannel", "server", 4, "sub_message", "link.sub_message", nil, {
  member("link.sub_message.type", u16),
  member("link.sub_message.size", u32),
  member("link.sub_message.data", bytes(count("size"))),
})
message("link.LinkChannel", "client", 1, "data_header", "link.data_header", nil, {
  member("link.data_header.serial", u64),
  member("link.data_header.type", u16),
  member("link.data_header.size", u32),
  member("link.data_header.sub_list", u32),
})
message("link.LinkChannel", "client", 2, "mini_data_header", "link.mini_data_header", nil, {
  member("link.mini_data_header.type", u16),
  member("link.mini_data_header.size", u32),
})
message("link.LinkChannel", "client", 3, "sub_message_list", "link.sub_message_list", nil, {
  member("link.sub_message_list.size", u16),
  member("link.sub_message_list.sub_messages", array(u32, count("size"), 4, 4)),
})
message("link.LinkChannel", "client", 4, "sub_message", "link.sub_message", nil, {
  member("link.sub_message.type", u16),
  member("link.sub_message.size", u32),
  member("link.sub_message.data", bytes(count("size"))),
})

link = { client = {}, server = {} }
link.server.data_header = find_message("link.LinkChannel", "server", 1)
link.server.mini_data_header = find_message("link.LinkChannel", "server", 2)
link.server.sub_message_list = find_message("link.LinkChannel", "server", 3)
link.server.sub_message = find_message("link.LinkChannel", "server", 4)
link.client.data_header = find_message("link.LinkChannel", "client", 1)
link.client.mini_data_header = find_message("link.LinkChannel", "client", 2)
link.client.sub_message_list = find_message("link.LinkChannel", "client", 3)
link.client.sub_message = find_message("link.LinkChannel", "client", 4)
-- … layouts …

-- … connections …

-- … messages …

-- … driver …
