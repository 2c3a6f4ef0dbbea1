"""How the process begins and ends: init, SnapStart's restore, SIGTERM, Managed Instances' workers."""

import json
import signal
import socket
import time

import pytest

from conftest import SOON_S
from fault_server import REQUEST_ID, Action, accepted, drop, event, event_headers, status

RESTORED = status(200, b"")


@pytest.mark.parametrize("reply", [accepted(), status(403), status(413), status(500), drop()], ids=lambda a: str(a.data[:12]))
def test_init_error_is_posted_then_exit_1(play, reply):
    script = [reply, accepted()] if not reply.keep else [reply]
    out = play("probe", script, _HANDLER="init-error")
    assert out.exit_status == 1 and set(out.calls) == {"POST error"}
    request = out.requests[0]
    assert request.path == "/2018-06-01/runtime/init/error"
    assert json.loads(request.body) == {
        "errorMessage": 'line 3: café "quoted"', "errorType": "Probe.InvalidDocument", "stackTrace": []}
    assert request.header("Lambda-Runtime-Function-Error-Type") == "Function.InvalidDocument"
    assert request.header("Lambda-Runtime-Invocation-Id") is None
    assert 'Probe.InvalidDocument: line 3: café "quoted"' in out.log[-1]["reason"]


def test_init_error_without_an_api_exits_1(player):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = "127.0.0.1:%d" % listener.getsockname()[1]
    process = player.start("probe", address, _HANDLER="init-error")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1 and b"Probe.InvalidDocument" in output


SNAP = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}


def test_restore_comes_before_next_and_drops_the_connection(play):
    out = play("probe", [RESTORED, event(b"x"), accepted()], **SNAP)
    assert [r.path.removeprefix("/2018-06-01/runtime") for r in out.requests] == [
        "/restore/next", "/invocation/next", f"/invocation/{REQUEST_ID}/response", "/invocation/next"]
    assert [r.connection for r in out.requests] == [1, 2, 2, 2]
    assert out.exit_status == 0


@pytest.mark.parametrize("kind", [None, "on-demand", "provisioned-concurrency", "SNAP-START", "snap-start2"])
def test_no_restore_without_snap_start(play, kind):
    out = play("probe", [], AWS_LAMBDA_INITIALIZATION_TYPE=kind)
    assert out.requests[0].path.endswith("/invocation/next")


def test_failed_restore_is_posted_then_exit_1(play):
    out = play("probe", [RESTORED, accepted()], _HANDLER="restore-error", **SNAP)
    assert [r.path.removeprefix("/2018-06-01/runtime") for r in out.requests] == ["/restore/next", "/restore/error"]
    assert json.loads(out.requests[1].body)["errorType"] == "Probe.RestoreFailed"
    assert out.requests[1].header("Lambda-Runtime-Function-Error-Type") == "Function.RestoreFailed"
    assert out.exit_status == 1


@pytest.mark.parametrize("code", [403, 500])
def test_refused_restore_exits_1(play, code):
    out = play("probe", [status(code)], **SNAP)
    assert (out.exit_status, len(out.requests)) == (1, 1) and out.end_seconds < SOON_S


def test_sigterm_while_waiting_for_restore(play):
    out = play("probe", [], **SNAP)
    assert out.exit_status == 0 and out.end_seconds < SOON_S


def test_sigterm_while_waiting_for_next(play):
    out = play("echo", [])
    assert (out.exit_status, out.log) == (0, []) and out.end_seconds < SOON_S


def test_sigterm_between_reconnects(play):
    def meanwhile(process, server):
        while len(server.requests) < 5:
            time.sleep(0.001)
        process.send_signal(signal.SIGTERM)  # it sleeps for 160 ms now

    out = play("echo", [drop()] * 10, meanwhile=meanwhile)
    assert out.exit_status == 0 and len(out.requests) == 5


def test_sigterm_during_init(play):
    out = play("probe", [], meanwhile=lambda process, server: None, _HANDLER="signalled-init")
    assert (out.exit_status, out.requests) == (0, [])


def test_sigterm_during_the_handler(play):
    def meanwhile(process, server):
        while not server.requests:
            time.sleep(0.01)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)

    out = play("probe", [event(b"sleep 500"), accepted()], meanwhile=meanwhile)
    assert out.calls == ["GET next", "POST response"], "the answer is posted, nothing else is asked for"
    assert out.exit_status == 0


def test_sigterm_while_the_answer_is_in_flight(play):
    def meanwhile(process, server):
        while len(server.requests) < 2:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)

    out = play("echo", [event(b"1"), accepted(delay=0.4)], meanwhile=meanwhile)
    assert (out.calls, out.exit_status) == (["GET next", "POST response"], 0)
    assert out.seconds >= 0.4


def test_sigterm_while_an_answer_in_flight_is_lost(play):
    def meanwhile(process, server):
        while len(server.requests) < 2:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)

    out = play("echo", [event(b"1"), drop(delay=0.3), accepted()], meanwhile=meanwhile)
    assert (out.calls, out.exit_status) == (["GET next", "POST response", "POST response"], 0)


def test_sigterm_while_an_event_arrives(play):
    """What has begun to arrive is ours to answer."""
    data = event(b"12345678").data

    def meanwhile(process, server):
        while not server.requests:
            time.sleep(0.01)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)

    out = play("echo", [Action(pieces=[(0, data[:-4]), (0.6, data[-4:])]), accepted()], meanwhile=meanwhile)
    assert out.calls == ["GET next", "POST response"] and out.requests[1].body == b"12345678"
    assert out.exit_status == 0


def test_crash_of_the_handler_is_a_crash(play):
    out = play("probe", [event(b"abort")])
    assert out.exit_status not in (0, 1) and out.calls == ["GET next"]


def test_managed_instances_get_a_process_for_each_worker(play):
    """Four workers ask; each holds a connection of its own."""
    out = play("probe", [], held=4, AWS_LAMBDA_MAX_CONCURRENCY="4")
    assert out.calls == ["GET next"] * 4
    assert len({r.connection for r in out.requests}) == 4
    assert out.exit_status == 0 and out.end_seconds < SOON_S


def test_workers_answer_side_by_side(play):
    """Two events, each slept over for 0.5 s, are answered in the time of one."""
    script = [event(b"sleep 500", event_headers("a")), event(b"sleep 500", event_headers("b")), accepted(), accepted()]
    out = play("probe", script, held=2, AWS_LAMBDA_MAX_CONCURRENCY="2")
    posts = {r.path.split("/")[-2]: r for r in out.requests if r.method == "POST"}
    assert set(posts) == {"a", "b"}
    assert abs(posts["a"].at - posts["b"].at) < 0.4
    assert posts["a"].connection != posts["b"].connection
    assert out.exit_status == 0


def test_worker_that_crashes_ends_the_sandbox(play):
    out = play("probe", [event(b"abort")], held=9, AWS_LAMBDA_MAX_CONCURRENCY="3")
    assert out.exit_status == 1
    assert "a worker process failed; ending the others" in [
        json.loads(line)["message"] for line in out.output.splitlines() if line.startswith(b"{")]


def test_worker_that_is_told_to_end_ends_the_sandbox(play):
    out = play("probe", [status(403)], held=9, AWS_LAMBDA_MAX_CONCURRENCY="2")
    assert out.exit_status == 1


def test_workers_log_json_only(play):
    out = play("probe", [event(b"x"), status(410, method="POST")], held=2, AWS_LAMBDA_MAX_CONCURRENCY="2", AWS_LAMBDA_LOG_FORMAT="Text")
    assert [line["status"] for line in out.log] == [410]


def test_init_runs_once_for_all_workers(play):
    out = play("probe", [accepted()], held=9, _HANDLER="init-error", AWS_LAMBDA_MAX_CONCURRENCY="3")
    assert (out.exit_status, out.calls) == (1, ["POST error"])


def test_no_worker_outlives_its_parent(play):
    def meanwhile(process, server):
        server.wait_idle(lambda: False, held=3)
        process.kill()

    out = play("probe", [], meanwhile=meanwhile, AWS_LAMBDA_MAX_CONCURRENCY="3")
    assert out.exit_status == -signal.SIGKILL  # communicate() returned, so nobody holds the pipe of the output


@pytest.mark.parametrize("count", ["0", "-1", "two", "257", "1.5", "99999999999999999999"])
def test_bad_concurrency_is_refused(play, count):
    out = play("probe", [accepted()], AWS_LAMBDA_MAX_CONCURRENCY=count)
    assert (out.exit_status, [r.path for r in out.requests]) == (1, ["/2018-06-01/runtime/init/error"])
    assert json.loads(out.requests[0].body)["errorType"] == "Runtime.InvalidSetting"
    assert f"AWS_LAMBDA_MAX_CONCURRENCY is '{count}'" in out.log[0]["reason"]


def test_concurrency_of_one_is_one_process(play):
    out = play("probe", [event(b"inspect"), accepted()], AWS_LAMBDA_MAX_CONCURRENCY="1")
    assert len(out.requests) == 3
