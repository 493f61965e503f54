"""Holds the README against the program: its tables are those that `shopflow tables` prints, config/shopflow.toml is what
`shopflow config print` prints, and its curl lines work in the order in which they stand. With --write it renews the tables
and the file instead; with --publish bench|tcp|scale|fault FILE it puts the lines of a run into their section, and without FILE
looks whether there is a place for them."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

from sections import Unpublishable, published, renew, replaced, section

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BINARY = os.environ.get("SHOPFLOW_TEST_BINARY", str(ROOT / "build/release/shopflow"))


def shopflow(*arguments, environment=None):
    return subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True, check=True).stdout


def with_tables(readme):
    for name in re.findall(r"^<!-- table (\w+) -->$", readme, re.MULTILINE):
        readme = replaced(readme, f"table {name}", shopflow("tables", name))
    return readme


def publish(part, file=None):
    """Fails without touching the README; the lines, which may have taken hours, are then printed."""
    fresh = file and pathlib.Path(file).read_text()
    try:
        if file is None:
            section(README.read_text(), part)
        else:
            renew(README, lambda text: published(text, part, fresh))
    except Unpublishable as error:
        sys.exit(f"{fresh or ''}{error}")


class Tables(unittest.TestCase):
    def test_the_tables_are_those_that_the_program_prints(self):
        readme = README.read_text()
        self.assertEqual(readme, with_tables(readme), "tests/readme/readme.py --write renews them")

    def test_the_configuration_file_holds_every_key_with_its_default(self):
        self.assertEqual((ROOT / "config/shopflow.toml").read_text(), shopflow("config", "print"))


class Journey(unittest.TestCase):
    """Runs the README's curl lines against a fresh server with the demo shop."""

    def setUp(self):
        host = os.environ["SHOPFLOW_TEST_PGHOST"]
        user = os.environ["SHOPFLOW_TEST_PGUSER"]
        self.psql = ["psql", "-qX", "-h", host, "-U", user, "-d", "postgres", "-c"]
        self.database = f"readme_{os.getpid()}"
        subprocess.run([*self.psql, f"CREATE DATABASE {self.database}"], check=True)
        self.directory = tempfile.TemporaryDirectory()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SHOPFLOW_")}
        self.environment = clean | {
            "SHOPFLOW_DATABASE_URL": f"postgresql:///{self.database}?host={host}&user={user}",
            "SHOPFLOW_REDIS_URL": os.environ["SHOPFLOW_TEST_REDIS"],
            "SHOPFLOW_HTTP_PORT": "0",
            "SHOPFLOW_MAIL_DIRECTORY": self.directory.name,
        }
        self.log = open(os.path.join(self.directory.name, "log"), "w+")
        self.server = subprocess.Popen([BINARY, "serve", "--migrate", "--seed-demo"], env=self.environment,
                                       stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.url = self.server.stdout.readline().strip().split()[-1]
        self.key = shopflow("admin", "create-key", "--role", "admin", "--name", "readme", environment=self.environment).strip()

    def tearDown(self):
        self.server.send_signal(signal.SIGTERM)
        code = self.server.wait(timeout=60)
        self.log.seek(0)
        self.assertEqual(code, 0, self.log.read())
        self.server.stdout.close()
        self.log.close()
        self.directory.cleanup()
        subprocess.run([*self.psql, f"DROP DATABASE {self.database} WITH (FORCE)"], check=True)

    def script(self):
        lines = section(README.read_text(), "journey").removeprefix("```sh\n").removesuffix("```\n")
        lines = lines.replace("http://127.0.0.1:8080", self.url)
        lines = re.sub(r"^key=.*$", f"key={self.key}", lines, flags=re.MULTILINE)
        # A failed request must fail the run, which -s alone would hide.
        return "set -eu\n" + lines.replace("curl -s", "curl -sS --fail-with-body")

    def test_the_curl_lines_lead_from_a_product_to_a_delivered_parcel(self):
        run = subprocess.run(["bash", "-c", self.script()], capture_output=True, text=True, timeout=200)
        self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr[-2000:])
        story = re.findall(r'"type":"(Order\w+|PaymentReceived)"', run.stdout)
        self.assertEqual(story, ["OrderCreated", "PaymentReceived", "OrderFulfilled", "OrderShipped", "OrderDelivered"])
        audit = subprocess.run([BINARY, "audit"], env=self.environment, capture_output=True, text=True)
        self.assertEqual((audit.returncode, audit.stdout.strip()), (0, "0 differences"), audit.stderr)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        renew(README, with_tables)
        (ROOT / "config/shopflow.toml").write_text(shopflow("config", "print"))
    elif sys.argv[1:2] == ["--publish"]:
        publish(*sys.argv[2:])
    else:
        unittest.main()
