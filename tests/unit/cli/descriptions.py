"""Descriptions that the tests of the commands share."""

GOOD = """\
/* Says things back. */
channel EchoChannel {
  server:
    message {
        uint16 size;
        uint8 data[size];
    } echo;
};

protocol Demo {
    EchoChannel echo = 1;
};
"""

#: The same, laid out otherwise.
UNTIDY = GOOD.replace("    message", "  message").replace("uint16 size;", "uint16   size ;")

#: With one more message, which old peers skip.
LONGER = GOOD.replace("} echo;", "} echo;\n    message {} more;")

#: With other bytes.
OTHER = GOOD.replace("uint16 size", "uint32 size")

#: Two errors: no such type, and no such count.
BROKEN = GOOD.replace("uint16 size", "uint17 size").replace("data[size]", "data[length]")

#: A note: the switch leaves out B. A warning: nothing uses Spare.
ODD = """\
enum8 kind { A, B };
struct Spare { uint8 a; };
channel OddChannel {
  server:
    message {
        kind k;
        switch (k) {
        case A:
            uint8 a;
        } u;
    } odd;
};
protocol Odd { OddChannel odd = 1; };
"""

FEATURES = GOOD.replace("} echo;", "} echo;\n    message { uint8 a; } @ifdef(USE_MORE) more;")
