"""Leaving parts out of a description."""

from __future__ import annotations

import pytest

from caraway.errors import UsageError
from caraway.idl import Source, compile_source
from caraway.idl.features import features, select
from caraway.idl.model import Alias, Array, Description, Pointer, Struct, Switch, walk

TEXT = """
typedef number uint32;
struct Late { Later *next; };
struct Later { number x; };
enum8 kind { A = 1, B };
channel PayloadView { server: message { uint8 x; } a = 1; } @ifdef(USE_VIEW);
channel OptionalBase { server: message { uint8 x; } hello; } @ifdef(USE_BASE);
channel DerivedChannel : OptionalBase { client: message { uint8 x; } bye; };
channel MainChannel {
  server:
    message { Late late; kind k; uint8 data[2] @view(PayloadView, k); } one;
    message { Late late[1]; } @ifdef(USE_TWO) two;
    message {
        kind k;
        switch (k) { case A: uint8 bytes[2] @view(PayloadView, k); case B: Later *b; } u;
    } three;
};
protocol Demo { MainChannel main = 1; DerivedChannel derived; };
"""


@pytest.fixture
def description() -> Description:
    return compile_source(Source("demo.proto", TEXT)).description


def names(description: Description) -> dict[str, list[str]]:
    return {channel.name: [each.name for each in channel.own] for channel in description.channels}


def test_features_are_sorted_and_named_once(description):
    assert features(description) == ["USE_BASE", "USE_TWO", "USE_VIEW"]


def test_a_description_without_features_has_none():
    assert features(compile_source(Source("x", "protocol Demo { };")).description) == []


def test_with_everything_defined_nothing_is_copied(description):
    assert select(description, undefined=[]) is description


def test_a_message_goes_and_the_numbers_stay(description):
    selected = select(description, undefined=["USE_TWO"])
    assert names(selected)["main"] == ["one", "three"]
    assert [each.number for each in selected.channel("main").own] == [1, 3]
    assert features(selected) == ["USE_BASE", "USE_VIEW"]


def test_a_channel_goes_with_what_derives_from_it(description):
    selected = select(description, undefined={"USE_BASE"})
    assert list(names(selected)) == ["payloadview", "main"]
    assert [each.name for each in selected.listed] == ["main"]


def test_a_base_that_stays_is_the_copied_one(description):
    selected = select(description, undefined=["USE_TWO"])
    derived = selected.channel("derived")
    assert derived.base is selected.channel("optionalbase")
    assert [each.name for each in derived.messages("server")] == ["hello"]
    assert derived.messages("server")[0].channel is derived.base


def test_a_view_into_what_is_gone_becomes_plain_bytes(description):
    selected = select(description, undefined=["USE_VIEW"])
    assert not any(m.view for message in selected.messages for m in walk(message.body))


def test_a_view_into_what_stays_leads_to_the_copy(description):
    selected = select(description, undefined=["USE_TWO"])
    seen = [m.view for message in selected.messages for m in walk(message.body) if m.view]
    view = next(each for each in selected.channels if each.name == "payloadview")
    assert seen == [(view, ("k",)), (view, ("k",))]


def test_the_copy_refers_to_none_of_the_old_structs(description):
    old = {id(each) for each in [*description.structs, *(m.body for m in description.messages)]}

    def reached(type_: object) -> set[int]:
        match type_:
            case Struct():
                inner = [reached(member.type) for member in type_.members]
                return {id(type_)}.union(*inner)
            case Switch():
                return set().union(*(reached(case.member.type) for case in type_.cases))
            case Pointer() | Array():
                return reached(type_.target if isinstance(type_, Pointer) else type_.element)
            case _:
                return set()

    selected = select(description, undefined=["USE_TWO"])
    types = [*selected.structs, *(message.body for message in selected.messages)]
    assert not old & set().union(*map(reached, types))
    assert {each.name for each in selected.structs} == {"Late", "Later"}
    assert [each.name for each in selected.types if isinstance(each, Alias)] == ["number"]


def test_the_original_is_left_as_it_was(description):
    before = names(description)
    select(description, undefined=features(description))
    assert names(description) == before


@pytest.mark.parametrize(
    ("undefined", "message"),
    [
        (["USE_TOW"], "demo.proto has no feature USE_TOW"),
        (["B", "USE_TWO", "A"], "demo.proto has no features A, B"),
    ],
)
def test_a_feature_that_does_not_exist_is_an_error_naming_those_that_do(
    description, undefined, message
):
    with pytest.raises(UsageError) as caught:
        select(description, undefined=undefined)
    assert str(caught.value) == message
    assert caught.value.hint == "its features are: USE_BASE, USE_TWO, USE_VIEW"


def test_where_there_are_no_features_the_error_says_so():
    description = compile_source(Source("x", "protocol Demo { };")).description
    with pytest.raises(UsageError) as caught:
        select(description, undefined=["A"])
    assert caught.value.hint == "it has no features at all"
