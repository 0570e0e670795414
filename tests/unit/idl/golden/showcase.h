/* Constants of the Showcase protocol.
 * Made by 'caraway proto enums' from showcase.proto; do not edit. */

#ifndef SHOWCASE_ENUMS_H
#define SHOWCASE_ENUMS_H

#ifndef CARAWAY_DEPRECATED
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 6)
#define CARAWAY_DEPRECATED __attribute__((__deprecated__))
#else
#define CARAWAY_DEPRECATED
#endif
#endif

/* Kinds of things, told by a_kind | or not. */
typedef enum SpiceKind {
    SPICE_KIND_NONE = 0,
    SPICE_KIND_TEXT = 2, /* words */
    SPICE_KIND_OLD CARAWAY_DEPRECATED = 3, /* use TEXT */
    SPICE_KIND_PICTURE = 9,
    SPICE_KIND_ENUM_END = 10,
} SpiceKind;

typedef unsigned int SpiceBig;
#define BIG_HUGE 4294967295u
#define SPICE_BIG_ENUM_END 4294967296u

/* What a thing can do. */
typedef enum SpiceAbility {
    SPICE_ABILITY_FLY = 0x1, /* with wings */
    SPICE_ABILITY_SWIM = 0x8,
    SPICE_ABILITY_MASK = 0x9,
} SpiceAbility;

typedef unsigned int SpiceLastBit;
#define SPICE_LAST_BIT_TOP 0x80000000u /* the last one */
#define SPICE_LAST_BIT_MASK 0x80000000u

typedef enum SpiceDetailKind {
    SPICE_DETAIL_KIND_Short = 1,
    SPICE_DETAIL_KIND_Long = 2,
    SPICE_DETAIL_KIND_ENUM_END = 3,
} SpiceDetailKind;

typedef enum ShowcaseChannelType {
    SHOWCASE_CHANNEL_MAIN = 1, /* The main channel; see BaseChannel and the Thing. */
    SHOWCASE_CHANNEL_EXTRA = 4, /* Not always there. */
    SHOWCASE_CHANNEL_QUIET = 5, /* Has nothing at all. */
    SHOWCASE_END_CHANNEL = 6,
} ShowcaseChannelType;

/* base, from the server */
enum {
    SHOWCASE_MSG_WELCOME = 1, /* Greets. */
    SHOWCASE_MSG_BASE_LAST = 10,
};

/* base, from the client */
enum {
    SHOWCASE_MSGC_HELLO_BACK = 1, /* Answers welcome. */
};

/* main, from the server */
enum {
    SHOWCASE_MSG_MAIN_THINGS = 11, /* A list of things. */
    SHOWCASE_MSG_MAIN_LAYOUTS = 12, /* The same number in two sizes. */
    SHOWCASE_MSG_END_MAIN = 21,
};

#ifdef USE_HANDLES
/* main, from the server */
enum {
    SHOWCASE_MSG_MAIN_HANDLE = 20, /* A handle. */
};
#endif /* USE_HANDLES */

/* main, from the client */
enum {
    SHOWCASE_MSGC_MAIN_THINGS = 11,
    SHOWCASE_MSGC_MAIN_STOP = 12,
    SHOWCASE_MSGC_END_MAIN = 13,
};

#ifdef USE_EXTRA
/* extra, from the client */
enum {
    SHOWCASE_MSGC_EXTRA_EXTRA = 30, /* More. */
    SHOWCASE_MSGC_END_EXTRA = 31,
};
#endif /* USE_EXTRA */

#endif /* SHOWCASE_ENUMS_H */
