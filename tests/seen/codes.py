"""Every code that the program declares is documented for some operation, or it is said here why none answers with it.

`codes.py ROOT SHOPFLOW` reads the declarations (`ErrorCode name{"code", …}`) of src and include and holds them against
`shopflow openapi`."""

import pathlib
import re
import subprocess
import sys

DECLARED = re.compile(r'constexpr\s+ErrorCode\s+\w+\s*\{\s*"([a-z_]+)"')

# No operation answers with these.
ELSEWHERE = {
    "route_not_found": "there is no operation at that path",
    "method_not_allowed": "there is no operation of that method",
    "payment_not_found": "a provider's word of it is answered with notice_not_recorded",
    "refund_not_found": "only who pays out asks for refunds, after they were written",
    "idempotency_conflict": "the answer that the twin has kept is given instead",
    "no_answer": "of our own calls to others",
    "answer_unreadable": "thrown on as our fault by the file that has it",
    "mail_not_sent": "of our mails",
    "not_invoices": "of the command line",
    "migration_changed": "of the command line",
    "database_newer": "of the command line",
    "migration_gap": "of the command line",
    "migration_busy": "of the command line",
    "migration_pending": "of the command line",
}


def main(root, shopflow):
    openapi = subprocess.run([shopflow, "openapi"], capture_output=True, text=True, check=True).stdout
    documented = set(re.findall(r'"([a-z_]+)"', openapi))
    declared = set()
    for folder in ("src", "include"):
        for file in pathlib.Path(root, folder).rglob("*.?pp"):
            declared.update(DECLARED.findall(file.read_text()))
    missing = sorted(declared - documented - set(ELSEWHERE))
    idle = sorted(code for code in ELSEWHERE if code in documented or code not in declared)
    print(f"{len(declared)} codes are declared; documented nowhere: {missing}; excused in vain: {idle}")
    return 1 if missing or idle or len(declared) < 50 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
