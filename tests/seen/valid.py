"""`shopflow openapi` is a valid OpenAPI document, by the word of openapi-spec-validator; skipped where that is not installed."""

import json
import subprocess
import sys

SKIPPED = 77


def main(shopflow):
    try:
        import openapi_spec_validator
    except ImportError:
        print("openapi-spec-validator is not installed")
        return SKIPPED
    text = subprocess.run([shopflow, "openapi"], capture_output=True, text=True, check=True).stdout
    openapi_spec_validator.validate(json.loads(text))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
