"""That the benchmarks of sharing take no wrong answer for a good one, and that their peers work."""

import asyncio
import time

import pytest

from benchmarks import share, share_vm
from benchmarks._client import WrongAnswer
from benchmarks._figures import Result
from benchmarks._share_link import Bucket, Relay
from benchmarks._share_machine import Machine
from benchmarks._share_measures import LOADS, PACKED, RATE, Upload
from benchmarks._share_processes import Shared
from benchmarks._share_vm_measures import (
    LEAST_LOADED,
    MEASURES,
    SharedContent,
    VmBench,
    get_big,
    get_loaded,
    get_parallel,
    get_small,
    list_many,
    make_shared,
)


class Scripted(Machine):
    """A virtual machine whose scripts print what a test says."""

    def __init__(self, *lines):
        self._lines = list(lines)

    def measure(self, script, *arguments):
        return self._lines

    def cpu_s(self):
        return 0.0


class Idle:
    """A client."""

    def cpu_s(self):
        return 0.0


def bench(*lines, folder=None, big_size=1000):
    return VmBench(Scripted(*lines), Idle(), SharedContent(folder, big_size, ""))


class TestAnswers:
    def test_a_median_of_small_answers(self):
        sample = get_small(bench(*[[0.001 * number, 1024.0] for number in range(1, 101)]))
        assert sample.value == 0.050
        assert sample.details == {
            "p95 ms": 95.0,
            "max ms": 100.0,
            "floor ms": 50.0,
            "p50 beyond the floor, ms": 0.0,
        }

    @pytest.mark.parametrize("wrong", [[], [[0.1, 1024.0]] * 99, [[0.1, 1023.0]] * 100])
    def test_missing_and_short_answers_are_refused(self, wrong):
        with pytest.raises(WrongAnswer, match="of 100 small files"):
            get_small(bench(*wrong))

    def test_a_rate_is_of_all_that_were_asked_for(self):
        assert get_parallel(bench(*[[0.1, 1024.0]] * 1000, [4.0])).value == 250
        with pytest.raises(WrongAnswer, match="999 of 1000"):
            get_parallel(bench(*[[0.1, 1024.0]] * 999, [4.0]))

    def test_small_and_big_answers_are_told_apart(self):
        small, big = get_loaded(bench(*[[0.2, 1024.0]] * 24, [2.0, 1000.0], [4.0, 1000.0]))
        assert (small.value, small.details["answers"], big.value) == (0.2, 24, 250)

    def test_big_files_are_asked_for_until_there_were_enough_small_ones(self):
        small, big = get_loaded(bench(*[[0.2, 1024.0]] * (LEAST_LOADED - 1), [2.0, 1000.0]))
        assert (small.details["answers"], big.value) == (2 * (LEAST_LOADED - 1), 500)

    def test_few_answers_under_load_are_no_median(self):
        with pytest.raises(WrongAnswer, match="16 of 20 small files"):
            get_loaded(bench(*[[0.2, 1024.0]] * 2, [2.0, 1000.0]))

    def test_a_listing_with_too_few_entries(self):
        seconds, size = list_many(bench([0.5, 9000.0, 1001.0]))
        assert (seconds.value, size.value) == (0.5, 9000)
        with pytest.raises(WrongAnswer, match="1000 of 1001"):
            list_many(bench([0.5, 9000.0, 1000.0]))

    def test_a_big_file_that_came_in_part(self):
        assert get_big(bench([2.0, 1000.0])).value == 500
        with pytest.raises(WrongAnswer, match="999 of 1000 bytes"):
            get_big(bench([2.0, 999.0]))

    def test_what_is_shared(self, tmp_path):
        make_shared(tmp_path / "shared", 1)
        assert (tmp_path / "shared" / "big.bin").stat().st_size == 1 << 20
        assert len(list((tmp_path / "shared" / "many").iterdir())) == 1000
        assert (tmp_path / "shared" / "small" / "f0999").stat().st_size == 1024


class TestArguments:
    def test_all_is_measured_unless_chosen(self):
        options = share_vm.parse_arguments([])
        assert options.pairs == ["caraway", "spice-gtk", "both ours"]
        assert (options.rounds, options.size) == (5, 200)
        assert len(options.only) == len(MEASURES)
        assert len(share.parse_arguments([]).only) == len(LOADS) + len(PACKED)

    def test_an_unknown_name_is_refused(self, capsys):
        with pytest.raises(SystemExit):
            share_vm.parse_arguments(["--only", "small,large"])
        assert "--only large: not one of small, parallel" in capsys.readouterr().err

    def test_names_are_unique(self):
        names = [metric.name for metrics, _ in MEASURES for metric in metrics]
        assert len(set(names)) == len(names)
        names = [metric.name for metric, _ in (*LOADS, *PACKED)]
        assert len(set(names)) == len(names)

    def test_each_goal_has_a_peer_that_is_measured(self):
        for metrics, _ in MEASURES:
            for metric in metrics:
                for verdict in Result(metric).verdicts():
                    assert verdict.goal.peer in (None, "spice-gtk")
                    assert verdict.goal.of in share_vm.PAIRS


class TestPeers:
    def test_a_bucket_lets_through_what_it_may(self):
        async def check():
            bucket = Bucket(1e6)
            start = time.perf_counter()
            for _ in range(8):
                await bucket.take(16 << 10)
            # Two of them at once.
            assert time.perf_counter() - start >= 6 * 0.016

        asyncio.run(check())

    def test_a_relay_passes_on(self):
        async def check():
            async def echo(reader, writer):
                while data := await reader.read(1 << 16):
                    writer.write(data)
                writer.close()
                await writer.wait_closed()

            server = await asyncio.start_server(echo, "127.0.0.1", 0)
            relay = Relay(server.sockets[0].getsockname()[1], 100e6)
            reader, writer = await asyncio.open_connection("127.0.0.1", await relay.listen())
            data = bytes(range(256)) * 1000
            writer.write(data)
            assert await reader.readexactly(len(data)) == data
            writer.close()
            assert await reader.read() == b""
            await writer.wait_closed()
            server.close()
            await relay.aclose()

        asyncio.run(check())


@pytest.mark.parametrize("sharer", ["share", "bridge"])
def test_a_short_run(sharer, tmp_path):
    with Shared(tmp_path, sharer=sharer, rate=RATE, compresses=True) as shared:
        sample = Upload(bytes, 100_000).take(shared)
    assert sample.value > 0
