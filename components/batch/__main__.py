"""Runs a batch without a browser: `python -m components.batch PROMPTS --models A,B --out FILE`."""

import sys

from components.batch.terminal import main

if __name__ == "__main__":
    sys.exit(main())
