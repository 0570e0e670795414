"""The arithmetic of the WebDAV benchmark, and that it takes no wrong answer for a good one."""

import json

import pytest

from benchmarks import webdav
from benchmarks._client import (
    Question,
    WrongAnswer,
    expect_size,
    expect_status,
    parse_head,
    unchunk,
)
from benchmarks._content import check_listing
from benchmarks._figures import Goal, Metric, Result, Sample, percentile, show, tables

RATE = Metric("rate", "GET", "requests/s", (Goal(1.0, "apache"), Goal(3, "chezdav")))
SIZE = Metric("size", "memory", "MB", (Goal(32),), more_is_better=False, scale=1e-6)


def result(metric, **values):
    made = Result(metric)
    for name, samples in values.items():
        for value in samples:
            made.add(name, Sample(value, {"cost": value / 10}))
    return made


class TestFigures:
    def test_a_figure_is_the_median(self):
        made = result(RATE, caraway=[1.0, 100.0, 3.0])
        assert made.figure("caraway") == 3.0
        assert made.figure("apache") is None
        assert made.details("caraway") == {"cost": pytest.approx(0.3)}

    def test_a_ratio_is_one_of_medians(self):
        made = result(RATE, caraway=[4.0, 6.0, 9.0], apache=[3.0, 3.0, 10.0])
        assert made.ratio("caraway", "apache") == 2.0

    @pytest.mark.parametrize(("ours", "met"), [(2.99, False), (3.0, True), (3.01, True)])
    def test_more_is_better(self, ours, met):
        _, verdict = result(RATE, caraway=[ours], chezdav=[1.0]).verdicts()
        assert verdict.met is met

    @pytest.mark.parametrize(("ours", "met"), [(31e6, True), (32e6, True), (32.1e6, False)])
    def test_less_is_better(self, ours, met):
        (verdict,) = result(SIZE, caraway=[ours]).verdicts()
        assert verdict.met is met

    def test_what_was_not_measured_is_neither_met_nor_missed(self):
        first, second = result(RATE, caraway=[2.0], apache=[4.0]).verdicts()
        assert (first.met, second.met) == (False, None)
        assert str(first) == "0.50 (≥ 1× apache) MISSED"
        assert str(second) == "not measured (≥ 3× chezdav)"
        (alone,) = result(SIZE, apache=[1.0]).verdicts()
        assert alone.met is None

    @pytest.mark.parametrize(
        ("share", "found"), [(0.0, 1), (0.5, 10), (0.95, 19), (0.951, 20), (1.0, 20)]
    )
    def test_percentiles(self, share, found):
        assert percentile(list(range(20, 0, -1)), share) == found

    def test_nothing_has_no_percentile(self):
        with pytest.raises(ValueError, match="no values"):
            percentile([], 0.5)

    @pytest.mark.parametrize(
        ("value", "shown"),
        [(21456.7, "21,457"), (100.0, "100"), (64.25, "64.2"), (9.876, "9.88"), (0.1234, "0.123")],
    )
    def test_figures_have_three_digits(self, value, shown):
        assert show(value) == shown

    def test_a_table_for_a_terminal(self):
        made = [result(RATE, caraway=[2000.0], apache=[1000.0])]
        figures, details = tables(made, ["caraway", "apache"], as_markdown=False).split("\n\n")
        assert figures.splitlines()[1].split("  ")[:2] == ["GET", "requests/s"]
        assert "2,000   1,000  2.00 (≥ 1× apache) met" in figures
        assert details.split() == ["caraway", "apache", "GET", "cost", "200", "100"]

    def test_a_table_for_a_document(self):
        made = Result(SIZE)
        made.add("caraway", Sample(18e6))
        assert tables([made], ["caraway", "apache"], as_markdown=True).splitlines() == [
            "|  | unit | caraway | apache | reached (goal) |",
            "| --- | --- | ---: | ---: | --- |",
            "| memory | MB | 18.0 | – | 18.00 (≤ 32) met |",
        ]

    def test_all_of_it_as_json(self):
        document = json.loads(json.dumps(result(SIZE, caraway=[1e6, 3e6]).to_json()))
        assert document["servers"]["caraway"]["median"] == pytest.approx(2)
        assert document["servers"]["caraway"]["samples"] == pytest.approx([1, 3])
        assert document["goals"] == [
            {"of": "caraway", "peer": None, "bound": 32, "reached": pytest.approx(2), "met": True}
        ]


class TestAnswers:
    def test_another_status_is_refused(self):
        question = Question("GET", "/small.txt", 200)
        expect_status(200, question)
        with pytest.raises(WrongAnswer, match=r"GET /small.txt is answered by 404, not 200"):
            expect_status(404, question)

    def test_shorter_answers_are_refused(self):
        expect_size(received=10_000, requests=10, size=1010)
        with pytest.raises(WrongAnswer, match="answers of 500 bytes each, a checked one had 1010"):
            expect_size(received=5_000, requests=10, size=1010)

    def test_heads_are_read(self):
        head = b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 12\r\nX: a:b"
        assert parse_head(head) == (207, {"content-length": "12", "x": "a:b"})

    def test_a_put_says_its_length(self):
        request = Question("PUT", "/a", 201, (("X", "y"),), b"Hi").to_bytes(80)
        assert request == (
            b"PUT /a HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX: y\r\nContent-Length: 2\r\n\r\nHi"
        )

    def test_chunks_are_joined_at_any_cut(self):
        whole = b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
        assert unchunk(whole) == b"abc0123456789"
        assert {unchunk(whole[:size]) for size in range(len(whole))} == {None}


def listing(*entries, status="200 OK", modified="<D:getlastmodified>x</D:getlastmodified>"):
    responses = "".join(
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{modified}"
        f"<D:getcontentlength>{length}</D:getcontentlength></D:prop>"
        f"<D:status>HTTP/1.1 {status}</D:status></D:propstat></D:response>"
        for href, length in entries
    )
    return f'<D:multistatus xmlns:D="DAV:">{responses}</D:multistatus>'.encode()


class TestListings:
    SIZES = {"/many/": None, "/many/file 1": 7}  # noqa: RUF012  # read only

    @pytest.mark.parametrize("host", ["", "http://127.0.0.1:80"])
    def test_a_whole_listing_is_taken(self, host):
        check_listing(listing((f"{host}/many/", ""), (f"{host}/many/file%201", 7)), self.SIZES)

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            (listing(("/many/", "")), "the listing has 1 of 2 entries"),
            (listing(("/many/", ""), ("/many/file%201", 8)), "the listing has 2 of 2 entries"),
            (listing(("/many/", ""), ("/many/", "")), "/many/ is listed twice"),
            (listing(("/many/", ""), status="404 Not Found"), "the listing has 0 of 2 entries"),
            (listing(("/many/", ""), modified=""), "/many/ is listed without getlastmodified"),
        ],
    )
    def test_another_listing_is_refused(self, body, problem):
        with pytest.raises(WrongAnswer, match=problem):
            check_listing(body, self.SIZES)


class TestTurns:
    def test_rounds_are_interleaved_and_the_first_is_not_counted(self, capsys):
        taken = []

        def take(name):
            taken.append(name)
            return Sample(float(len(taken)))

        turns = {"caraway": lambda: take("c"), "apache": lambda: take("a")}
        made = webdav.take_turns(RATE, turns, 2)
        assert taken == ["c", "a"] * 3
        assert [sample.value for sample in made.samples["caraway"]] == [3.0, 5.0]
        assert len(capsys.readouterr().err.splitlines()) == 6

    def test_a_wrong_answer_ends_it(self):
        def fail():
            raise WrongAnswer("404")

        with pytest.raises(WrongAnswer, match="rate, apache: 404"):
            webdav.take_turns(RATE, {"apache": fail}, 1)


class TestArguments:
    def test_all_is_measured_unless_chosen(self):
        options = webdav.parse_arguments([])
        assert options.servers == ["caraway", "apache", "chezdav", "wsgidav"]
        assert len(options.only) == len(webdav.ALONE) + len(webdav.TOGETHER)
        assert options.rounds >= 5

    def test_a_choice_keeps_the_order(self):
        options = webdav.parse_arguments(["--only", "get1k,start", "--quick"])
        assert (options.only, options.rounds) == (["start", "get1k"], 3)

    def test_an_unknown_name_is_refused(self, capsys):
        with pytest.raises(SystemExit):
            webdav.parse_arguments(["--servers", "caraway,nginx"])
        assert "--servers nginx: not one of caraway, apache" in capsys.readouterr().err

    def test_names_are_unique(self):
        names = [metric.name for metric, _ in (*webdav.ALONE, *webdav.TOGETHER)]
        assert len(set(names)) == len(names)
