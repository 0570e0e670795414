"""That the benchmark of sessions takes no wrong answer for a good one, and still runs."""

import asyncio
import ssl

import pytest

from benchmarks import session
from benchmarks._client import WrongAnswer
from benchmarks._echo_measures import check, measure_flow, measure_trips, receive
from benchmarks._echo_process import make_certificate
from benchmarks._figures import Goal, Metric, Result, Sample


class Echo:
    """A pipe in memory that calls.

    Args:
        spoil: What becomes of the bytes on the way.
    """

    def __init__(self, spoil=bytes):
        self.on_data = None
        self._spoil = spoil

    def write(self, data):
        asyncio.get_running_loop().call_soon(self._deliver, self._spoil(data))

    def _deliver(self, data):
        self.on_data(data)

    async def drain(self):
        await asyncio.sleep(0)


class TestAnswers:
    def test_what_was_sent_is_taken(self):
        asyncio.run(check(Echo()))

    def test_other_bytes_are_refused(self):
        with pytest.raises(WrongAnswer, match="other bytes came back"):
            asyncio.run(check(Echo(lambda data: bytes(len(data)))))

    def test_more_bytes_are_refused(self):
        with pytest.raises(WrongAnswer, match=r"12 of 10 bytes came back"):
            asyncio.run(self._receive_10())

    async def _receive_10(self):
        pipe = Echo()
        receiving = asyncio.create_task(receive(pipe, 10))
        await asyncio.sleep(0)
        pipe.write(bytes(12))
        await receiving

    def test_bytes_are_counted_and_timed(self):
        assert asyncio.run(measure_flow(Echo(), 1 << 20, 1 << 16)) > 0
        assert asyncio.run(measure_flow(Echo(), 1000, 1)) > 0

    def test_round_trips_are_timed_one_by_one(self):
        trips = asyncio.run(measure_trips(Echo(), 0.001))
        assert trips
        assert all(trip > 0 for trip in trips)


class TestGoals:
    def test_a_goal_for_another_one_of_ours(self):
        made = Result(Metric("flow", "echo", "MB/s", (Goal(0.5, "asyncio", of="callbacks"),)))
        made.add("callbacks", Sample(4.0))
        made.add("asyncio", Sample(5.0))
        (verdict,) = made.verdicts()
        assert str(verdict) == "callbacks: 0.80 (≥ 0.5× asyncio) met"


class TestArguments:
    def test_all_is_measured_unless_chosen(self):
        options = session.parse_arguments([])
        assert options.clients == ["caraway", "callbacks", "asyncio", "streams"]
        assert len(options.only) == len(session.ECHOES) + len(session.SESSIONS)
        assert options.rounds >= 5

    def test_an_unknown_name_is_refused(self, capsys):
        with pytest.raises(SystemExit):
            session.parse_arguments(["--only", "flow,trips"])
        assert "--only trips: not one of flow, flow-unix" in capsys.readouterr().err

    def test_names_are_unique(self):
        names = [metric.name for metric, _ in (*session.ECHOES, *session.SESSIONS)]
        assert len(set(names)) == len(names)


def test_the_certificate_can_be_loaded(tmp_path):
    make_certificate(tmp_path)
    context = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    assert len(context.get_ca_certs()) == 1


def test_a_short_run():
    # All transports are checked before anything is measured.
    arguments = ["--clients", "caraway,callbacks,asyncio", "--only", "flow,trip", "--rounds", "1"]
    options = session.parse_arguments([*arguments, "--size", "1", "--seconds", "0.01"])
    results = session.measure(options)
    assert [result.metric.name for result in results] == ["flow", "trip"]
    for result in results:
        assert all(result.figure(name) > 0 for name in options.clients)
