"""A monitor with a few commands, on standard input and output."""

import json
import sys


def say(message):
    print(json.dumps(message), end="\r\n", flush=True)


def fail(kind, text):
    return {"error": {"class": kind, "desc": text}}


def main():
    version = {"qemu": {"major": 9, "minor": 8, "micro": 7}, "package": ""}
    say({"QMP": {"version": version, "capabilities": []}})
    names = ["query-commands", "query-status", "echo", "info", "quit", "garbage", "unnumbered"]
    negotiated = False
    for line in sys.stdin:
        command = json.loads(line)
        name, number = command.get("execute"), command["id"]
        arguments = command.get("arguments", {})
        say({"event": "TICK", "data": {"before": name}})
        say({"return": "of another command", "id": -1})
        if name == "qmp_capabilities":
            negotiated = True
            answer = {"return": {}}
        elif not negotiated:
            answer = fail("CommandNotFound", "Expecting capabilities negotiation")
        elif name == "query-commands":
            answer = {"return": [{"name": name} for name in names]}
        elif name == "query-status":
            answer = {"return": {"status": "running"}}
        elif name == "echo":
            answer = {"return": arguments}
        elif name == "info":
            answer = {"return": "one\ttwo\r\n\x1b[31mthree\r\n"}
        elif name == "quit":
            sys.exit()
        elif name == "garbage":
            print("hello", flush=True)
            continue
        elif name == "unnumbered":
            say(fail("GenericError", "no idea"))
            continue
        else:
            answer = fail("CommandNotFound", f"The command {name} has not been found")
        say({**answer, "id": number})


if __name__ == "__main__":
    main()
