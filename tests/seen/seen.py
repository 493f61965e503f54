"""Every answer that /openapi.json promises has been given to a test of this run.

`seen.py forget DIRECTORY` comes before the HTTP tests; each of them leaves there what its requests were answered
(tests/support/seen_answers.hpp). `seen.py check DIRECTORY SHOPFLOW PROGRAM…` comes after them and fails with what is
documented and was never seen. A run that leaves tests out proves nothing, so it is skipped."""

import json
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77

# Documented for every operation, because any of them can meet it; each is made to happen somewhere, not everywhere.
ANYWHERE = {
    "internal": "a fault of ours: no request brings it about on purpose",
    "overloaded": "needs a full queue of the database or a lane",
    "handler_timeout": "needs a request that takes longer than any limit below it",
    "outcome_unknown": "needs a session that ends while it commits",
}
# Operations that do not need the database for an answer, or that have a code of their own for when it is gone.
WITHOUT_DATABASE = {"GET /livez", "GET /readyz", "GET /metrics", "GET /openapi.json", "GET /docs", "POST /v1/webhooks/sandbox",
                    "POST /v1/sandbox/payments/{id}/authenticate"}


def documented(openapi):
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            for status, response in operation["responses"].items():
                if status == "default":
                    continue  # of requests that did not arrive as one: the tests of the framing have each
                schema = response.get("content", {}).get("application/problem+json", {}).get("schema")
                codes = schema["allOf"][1]["properties"]["code"]["enum"] if schema else [""]
                for code in codes:
                    yield name, status, code


def is_excused(name, code):
    return code in ANYWHERE or (code == "database_unavailable" and name in WITHOUT_DATABASE)


def met_nowhere(seen):
    met = {line.rsplit(" ", 1)[-1] for line in seen} | {"internal"}
    return [f"any operation: {code}" for code in ANYWHERE if code not in met]


def check(directory, shopflow, programs):
    seen = set()
    for program in programs:
        file = pathlib.Path(directory, program)
        head, *lines = file.read_text().splitlines() if file.exists() else ["missing"]
        if head != "whole":
            print(f"{program} has not run as a whole ({head})")
            return SKIPPED
        seen.update(lines)
    openapi = json.loads(subprocess.run([shopflow, "openapi"], capture_output=True, text=True, check=True).stdout)
    promised = list(documented(openapi))
    missing = [f"{name} {status} {code}".strip() for name, status, code in promised
               if not is_excused(name, code) and f"{name} {status} {code}".strip() not in seen] + met_nowhere(seen)
    print("\n".join(missing))
    print(f"{len(missing)} of {len(promised)} documented answers were never seen")
    return 1 if missing else 0


def main(command, directory, *rest):
    if command == "check":
        return check(directory, rest[0], rest[1:])
    shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
